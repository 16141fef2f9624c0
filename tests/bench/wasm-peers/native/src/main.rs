//! `native TEXTS.json`: the engine on the texts of workload (a), as machine code; prints one line of JSON.
//!
//! TEXTS.json holds `{ warmUp, fresh }` like the file that the JavaScript side measures with.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use token_headroom_encoding::Encoding;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("usage: native TEXTS.json")?;
    let data: Value = serde_json::from_slice(&std::fs::read(file)?)?;
    let (warm_up, fresh) = (texts(&data["warmUp"]), texts(&data["fresh"]));

    let start = Stopwatch::start();
    let encoding = Encoding::named("o200k_base").map_err(|error| format!("{error:?}"))?;
    let load = start.elapsed();
    for text in &warm_up {
        black_box(encoding.count(text));
    }
    let start = Stopwatch::start();
    let tokens: u64 = fresh
        .iter()
        .map(|text| u64::from(encoding.count(text)))
        .sum();
    let first = start.elapsed();
    let start = Stopwatch::start();
    for text in &fresh {
        black_box(encoding.count(text));
    }
    let again = start.elapsed();
    let bytes: usize = fresh.iter().map(|text| text.len()).sum();
    println!(
        "{}",
        json!({
            "bytes": bytes,
            "tokens": tokens,
            "loadMs": load.as_secs_f64() * 1e3,
            "freshMs": first.as_secs_f64() * 1e3,
            "againMs": again.as_secs_f64() * 1e3,
        })
    );
    Ok(())
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// The smaller of elapsed and processor time, like `clock.mjs`.
struct Stopwatch {
    started: Instant,
    used: Option<Duration>,
}

impl Stopwatch {
    fn start() -> Self {
        Self {
            used: processor_time(),
            started: Instant::now(),
        }
    }

    fn elapsed(&self) -> Duration {
        let elapsed = self.started.elapsed();
        match (self.used, processor_time()) {
            (Some(before), Some(now)) => elapsed.min(now - before),
            _ => elapsed,
        }
    }
}

/// What this process's one thread has taken, on Linux.
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    text.split(' ')
        .next()?
        .parse()
        .ok()
        .map(Duration::from_nanos)
}
