//! Reading any input terminates without a panic, and reports invalid input.

use iam_policy_account::read;
use iam_policy_document::{Lines, SourceFile};
use proptest::prelude::*;

const EXAMPLE: &str = include_str!("../example.json");

proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        look_at(&bytes);
    }

    #[test]
    fn truncated_or_corrupted_files(
        from in 0..EXAMPLE.len(),
        length in 0..40usize,
        other in r#"[]{}":,05a]{0,4}|null|true|"%7B"|"arn:aws:iam::1:user/a""#,
    ) {
        let mut bytes = EXAMPLE.as_bytes().to_vec();
        let end = (from + length).min(bytes.len());
        bytes.splice(from..end, other.bytes());
        look_at(&bytes);
    }
}

fn look_at(bytes: &[u8]) {
    let reading = read(bytes);
    let lines = Lines::new(bytes);
    for problem in &reading.problems {
        assert!(problem.location.span.is_some_and(|span| span.end <= bytes.len()));
        assert!(
            SourceFile::new("p.json", &lines)
                .show(problem)
                .as_str()
                .starts_with("error")
        );
    }
    for entity in reading.principals.entities() {
        let found = reading
            .principals
            .find(&entity.arn)
            .map(|identity| identity.entity.arn.clone());
        assert_eq!(found.as_ref(), Ok(&entity.arn));
        assert!(reading.principals.identity(entity).policy_set().is_ok());
    }
}
