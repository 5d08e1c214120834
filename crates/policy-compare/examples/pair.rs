fn main() {
    let text = std::io::read_to_string(std::io::stdin()).unwrap();
    for _ in 0..2 {
        for line in text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let read = |name: &str| policy_json::read(value[name].to_string().as_bytes()).document;
            let (old, new) = (read("old"), read("new"));
            let start = std::time::Instant::now();
            let comparison = policy_compare::compare(&old, &new);
            let took = start.elapsed();
            println!(
                "{} {} {took:?} +{} -{} {}",
                value["id"],
                comparison.verdict,
                comparison.newly_allowed.len(),
                comparison.newly_denied.len(),
                comparison.because
            );
        }
    }
}
