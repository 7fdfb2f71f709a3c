//! Why a count cannot be right, and is therefore not given.

use std::fmt;

use jiff::Timestamp;

use crate::lang::{Lang, Text};

/// The reason why counting stopped. No result is given then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// Memory would exceed this number of bytes.
    Memory {
        /// The most bytes that may be used.
        limit: usize,
    },
    /// A callback is so late that the callbacks of its time were forgotten: it may be a repetition, or not.
    OutOfOrder {
        /// The Unix second at which the callback was made.
        time: i64,
        /// The newest Unix second before it.
        newest: i64,
        /// The most bytes that may be used.
        limit: usize,
    },
}

impl Failure {
    /// Says what happened and what helps.
    pub fn message(&self, lang: Lang) -> String {
        match (*self, lang) {
            (Failure::Memory { limit }, Lang::En) => format!(
                "counting needs more memory than {}: --max-memory allows more, --since and --until take less at once, {}",
                size(limit),
                CLUSTER.get(lang)
            ),
            (Failure::Memory { limit }, Lang::Zh) => format!(
                "统计所需内存超过 {}：可用 --max-memory 放宽，或用 --since、--until 分段统计；{}",
                size(limit),
                CLUSTER.get(lang)
            ),
            (
                Failure::OutOfOrder {
                    time,
                    newest,
                    limit,
                },
                Lang::En,
            ) => format!(
                "the capture is out of order: a callback made at {} follows one made at {}, and the memory of {} does \
                 not hold what lies between them, so a repeated delivery cannot be told. --max-memory allows more, \
                 --keep-repeats counts repeated deliveries, {}",
                shown(time),
                shown(newest),
                size(limit),
                CLUSTER.get(lang)
            ),
            (
                Failure::OutOfOrder {
                    time,
                    newest,
                    limit,
                },
                Lang::Zh,
            ) => format!(
                "日志顺序混乱：{} 的回调出现在 {} 的回调之后，{} 内存无法记住其间的全部回调，因此无法判断是否为重复推送。\
                 可用 --max-memory 放宽，或用 --keep-repeats 把重复推送也计入；{}",
                shown(time),
                shown(newest),
                size(limit),
                CLUSTER.get(lang)
            ),
        }
    }
}

/// Says what counts when one machine does not suffice.
const CLUSTER: Text = Text::new(
    "examples/spark in the source of wxsub counts on a cluster",
    "wxsub 源码中的 examples/spark 可在集群上统计",
);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for Failure {}

/// Formats a number of bytes in the largest unit in which it is whole.
fn size(bytes: usize) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    let unit = units
        .into_iter()
        .find(|(shift, _)| bytes > 0 && bytes.trailing_zeros() >= *shift);
    match unit {
        Some((shift, name)) => format!("{} {name}", bytes >> shift),
        None => format!("{bytes} bytes"),
    }
}

fn shown(second: i64) -> String {
    let time = Timestamp::from_second(second);
    time.map_or_else(|_| second.to_string(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_in_whole_units() {
        let shown = [0, 1000, 1 << 10, 3 << 20, 1536 << 20, 1 << 30].map(size);
        let expected = [
            "0 bytes",
            "1000 bytes",
            "1 KiB",
            "3 MiB",
            "1536 MiB",
            "1 GiB",
        ];
        assert_eq!(shown, expected);
    }
}
