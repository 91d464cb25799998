//! Something of everything that a standard library has.
use std::collections::HashMap;
use std::sync::mpsc;
use std::thread;

/// How often each word comes.
///
/// ```
/// assert_eq!(hello::count("a b a")["a"], 2);
/// ```
pub fn count(text: &str) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word.to_owned()).or_insert(0) += 1;
    }
    counts
}

/// The sum of all numbers below a limit, each half made by a thread of its own.
pub fn sum_below(limit: u64) -> u64 {
    let (send, receive) = mpsc::channel();
    for (from, to) in [(0, limit / 2), (limit / 2, limit)] {
        let send = send.clone();
        thread::spawn(move || send.send((from..to).sum::<u64>()));
    }
    drop(send);
    receive.iter().sum()
}

#[cfg(test)]
mod tests {
    #[test]
    fn both_halves_are_summed() {
        assert_eq!(super::sum_below(1001), 500_500);
    }
}
