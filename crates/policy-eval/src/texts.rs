/// Stores many short strings in one.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    text: Box<str>,
    /// The end of each, where the next one starts.
    ends: Box<[usize]>,
}

impl Texts {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let text = self.text.get(start..end).unwrap_or_default();
            start = end;
            text
        })
    }
}

impl<'a> FromIterator<&'a str> for Texts {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Self {
        let mut all = String::new();
        let ends = texts
            .into_iter()
            .map(|text| {
                all.push_str(text);
                all.len()
            })
            .collect();
        Self { text: all.into(), ends }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_round_trip() {
        for texts in [&[][..], &[""], &["a", "", "é", "bc"]] {
            let stored: Texts = texts.iter().copied().collect();
            assert_eq!(stored.iter().collect::<Vec<_>>(), texts);
        }
    }
}
