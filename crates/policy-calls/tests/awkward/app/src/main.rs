use aws_sdk_s3::Client;

fn main() {
    let client = Client::new("");
    drop(client.list_buckets().send()); //~ S3.ListBuckets
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! mock {
        ($operation:expr) => {
            let _ = $operation;
        };
    }

    #[test]
    fn mocked() {
        mock!(Client::get_object); //~ test S3.GetObject
        drop(Client::new("").put_object().send()); //~ test S3.PutObject
    }
}
