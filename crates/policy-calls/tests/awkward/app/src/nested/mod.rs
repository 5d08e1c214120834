pub mod deep;

pub mod inline {
    pub mod leaf;
}
