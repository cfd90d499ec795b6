//! Collections, formatting, traits, closures and text of std.
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

#[derive(Debug, Clone, PartialEq)]
enum Token { Number(f64), Word(String), Sign(char) }

struct Shown<'a>(&'a [Token]);
impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for t in self.0 { write!(f, "<{:?}>", t)?; }
        Ok(())
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, std::num::ParseFloatError> {
    text.split_whitespace().map(|w| {
        if w.chars().all(|c| c.is_ascii_digit() || c == '.') { w.parse().map(Token::Number) }
        else if w.len() == 1 { Ok(Token::Sign(w.chars().next().unwrap())) }
        else { Ok(Token::Word(w.to_uppercase())) }
    }).collect()
}

fn main() {
    println!("{}", Shown(&tokens("3.25 + größe * 17").unwrap()));
    println!("{:?}", tokens("1.2.3"));
    let mut counts = BTreeMap::new();
    for (i, w) in "the quick brown fox jumps over the lazy dog the end".split(' ').enumerate() {
        counts.entry(w).or_insert_with(Vec::new).push(i);
    }
    println!("{:#?}", counts.iter().filter(|(_, v)| v.len() > 1).collect::<Vec<_>>());
    let set: HashSet<u64> = (0..1000u64).map(|x| x * x % 97).collect();
    let mut sorted: Vec<_> = set.into_iter().collect();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    println!("{} {:?}", sorted.len(), &sorted[..5]);
    let boxed: Vec<Box<dyn Fn(i128) -> i128>> = vec![Box::new(|x| x * 3), Box::new(move |x| x - sorted.len() as i128)];
    println!("{}", boxed.iter().fold(i128::MAX / 7, |x, f| f(x) / 2));
    let map: HashMap<String, usize> = ["a", "bb", "ccc"].iter().map(|s| (s.to_string(), s.len())).collect();
    println!("{} {:>8.3e} {:08b}", map["ccc"], 1234.5678f32, 37);
    std::process::exit((counts.len() % 256) as i32);
}
