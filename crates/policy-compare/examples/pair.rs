fn main() {
    let text = std::io::read_to_string(std::io::stdin()).unwrap();
    for line in text.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let read = |name: &str| policy_json::read(value[name].to_string().as_bytes()).document;
        let (old, new) = (read("old"), read("new"));
        let start = std::time::Instant::now();
        let comparison = policy_compare::compare(&old, &new);
        let took = start.elapsed();
        println!(
            "{} {} {:?} {took:?}\n +{:#?}\n -{:#?}",
            value["id"], comparison.verdict, comparison.because, comparison.newly_allowed, comparison.newly_denied
        );
    }
}
