//! Where models compute, and with how many threads: the one place that chooses.
//!
//! A batch is cut into parts, and each part is computed by one thread alone; only a single part is shared by all threads.
//! Deliberately absent, so far: anything but the CPU.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use candle_core::Device;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::Error;

/// The device and its threads.
pub(crate) struct Desk {
    device: Device,
    /// As many threads as were asked for, working on one thing together.
    together: ThreadPool,
    /// As many times one thread, each working on a thing of its own.
    alone: Vec<ThreadPool>,
}

impl Desk {
    /// A desk with so many threads; as many as there are cores where nothing is said. `id` is the model it is for.
    pub(crate) fn new(id: &str, threads: Option<usize>) -> Result<Self, Error> {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = threads.unwrap_or_else(cores).clamp(1, 256);
        let pool = |threads| {
            ThreadPoolBuilder::new().num_threads(threads).thread_name(|_| "embedder".into()).build().map_err(
                |problem| Error::Unsupported {
                    id: id.into(),
                    problem: format!("its threads could not be started ({problem})"),
                },
            )
        };
        let alone = (0..threads).map(|_| pool(1)).collect::<Result<_, _>>()?;
        Ok(Self { device: Device::Cpu, together: pool(threads)?, alone })
    }

    /// The device tensors live on.
    pub(crate) fn device(&self) -> &Device {
        &self.device
    }

    /// How many parts can be computed at once.
    pub(crate) fn threads(&self) -> usize {
        self.alone.len()
    }

    /// In words: `CPU, 2 threads`.
    pub(crate) fn words(&self) -> String {
        match self.threads() {
            1 => "CPU, 1 thread".into(),
            threads => format!("CPU, {threads} threads"),
        }
    }

    /// Does something with all threads together.
    pub(crate) fn together<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.together.install(work)
    }

    /// Does the same for every part and gives the results in order; stops at the first error.
    pub(crate) fn each<P: Sync, R: Send, E: Send>(
        &self,
        parts: &[P],
        work: impl Fn(&P) -> Result<R, E> + Sync,
    ) -> Result<Vec<R>, E> {
        if let [part] = parts {
            return self.together(|| work(part)).map(|result| vec![result]);
        }
        let next = AtomicUsize::new(0);
        let results = Mutex::new(Vec::with_capacity(parts.len()));
        std::thread::scope(|scope| {
            for pool in self.alone.iter().take(parts.len()) {
                scope.spawn(|| {
                    pool.install(|| {
                        while let Some((index, part)) = take(parts, &next) {
                            let result = work(part);
                            if result.is_err() {
                                next.store(parts.len(), Ordering::Relaxed);
                            }
                            results.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
                        }
                    });
                });
            }
        });
        let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
        results.sort_by_key(|(index, _)| *index);
        results.into_iter().map(|(_, result)| result).collect()
    }
}

fn take<'a, P>(parts: &'a [P], next: &AtomicUsize) -> Option<(usize, &'a P)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    parts.get(index).map(|part| (index, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_an_error_stops_the_rest() {
        let desk = Desk::new("a test", Some(3)).expect("a desk");
        assert_eq!((desk.threads(), desk.words().as_str()), (3, "CPU, 3 threads"));
        let parts: Vec<usize> = (0..100).collect();
        assert_eq!(desk.each(&parts, |part| Ok::<_, ()>(part * 2)), Ok((0..100).map(|part| part * 2).collect()));
        assert_eq!(desk.each(&parts, |&part| if part < 50 { Ok(part) } else { Err("enough") }), Err("enough"));
        assert_eq!(desk.each(&[] as &[usize], |&part| Ok::<_, ()>(part)), Ok(vec![]));
    }

    #[test]
    fn one_part_has_all_threads_and_many_have_one_each() {
        let desk = Desk::new("a test", Some(2)).expect("a desk");
        let threads = |_: &()| Ok::<_, ()>(rayon::current_num_threads());
        assert_eq!(desk.each(&[()], threads), Ok(vec![2]));
        assert_eq!(desk.each(&[(), ()], threads), Ok(vec![1, 1]));
    }
}
