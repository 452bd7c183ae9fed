//! Where models compute, and with how many threads: the one place that chooses.
//!
//! On the CPU a batch is cut into parts, and each part is computed by one thread alone; only a single part is shared by all threads.
//! A graphics card, where this program or the one beside it (`house`) is built for one and one is there, is taken if it wins a short
//! trial. On a card layers may multiply in half precision, if that is wished. Deliberately absent: several cards.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use candle_core::{DType, Device, Tensor};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::batches::{by_tokens, evenly};
use crate::error::line;
use crate::house::House;
use crate::{Error, Precision};

/// Tokens a thread computes at a time: enough to keep it busy, few enough to stay in its cache.
const PACK: usize = 256;
/// Pictures a thread computes at a time that do not become rows: enough to use weights more than once, few enough to stay small in memory.
const PICTURES: usize = 4;
/// Tokens and pictures that a graphics card computes at a time.
const CARD_PACK: usize = 1 << 14;
const CARD_PICTURES: usize = 32;

/// Where a model computes, and in what its layers multiply. All else is in `f32` (sums, norms, attention, pooling), so that half
/// precision runs over neither in a mask nor in what is handed from layer to layer.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) device: Device,
    pub(crate) precision: Precision,
}

/// Whose products a place's layers use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Products {
    /// Our own, in `f32` on the CPU.
    Ours,
    /// Those of the library this program is built with, in `f32` on the CPU.
    Library,
    /// Candle's: on a card, or in half precision.
    Candle,
}

impl Place {
    /// The CPU in single precision.
    pub(crate) fn cpu() -> Self {
        Self { device: Device::Cpu, precision: Precision::F32 }
    }

    /// Whose products its layers use.
    pub(crate) fn products(&self) -> Products {
        match (self.device.is_cpu(), self.precision) {
            (true, Precision::F32) if cfg!(any(feature = "accelerate", feature = "mkl")) => Products::Library,
            (true, Precision::F32) => Products::Ours,
            _ => Products::Candle,
        }
    }

    /// What its layers keep their weights in.
    pub(crate) fn dtype(&self) -> DType {
        match self.precision {
            Precision::F32 => DType::F32,
            Precision::F16 => DType::F16,
            Precision::Bf16 => DType::BF16,
        }
    }
}

/// A place and its threads.
pub(crate) struct Desk {
    place: Place,
    /// Why it is the CPU although there could have been a graphics card, in words.
    reason: Option<String>,
    /// As many threads as were asked for, working on one thing together.
    together: ThreadPool,
    /// As many times one thread, each working on a thing of its own.
    alone: Vec<ThreadPool>,
}

impl Desk {
    /// A desk with so many threads; as many as there are cores where nothing is said. `id` is the model it is for.
    pub(crate) fn new(id: &str, threads: Option<usize>) -> Result<Self, Error> {
        let Chosen { device, reason, .. } = chosen();
        let place = Place { device: device.clone(), ..Place::cpu() };
        Ok(Self { place, reason: reason.clone(), ..Self::on_cpu(id, threads)? })
    }

    /// The same, said to be for this reason.
    pub(crate) fn because(self, reason: String) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// The same with layers that multiply in this precision.
    pub(crate) fn computing_in(self, precision: Precision) -> Self {
        Self { place: Place { precision, ..self.place }, ..self }
    }

    /// Refuses half precision for a model that could not use it.
    pub(crate) fn only_single(&self, id: &str) -> Result<(), Error> {
        match self.place.precision {
            Precision::F32 => Ok(()),
            half => Err(Error::Unsupported {
                id: id.into(),
                problem: format!("it has no layers that could compute in {}", half.name()),
            }),
        }
    }

    /// The same on the CPU, whatever else there is.
    pub(crate) fn on_cpu(id: &str, threads: Option<usize>) -> Result<Self, Error> {
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
        Ok(Self { place: Place::cpu(), reason: None, together: pool(threads)?, alone })
    }

    /// The device tensors live on.
    pub(crate) fn device(&self) -> &Device {
        &self.place.device
    }

    /// The device, and what layers multiply in.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// How many parts can be computed at once.
    pub(crate) fn threads(&self) -> usize {
        self.alone.len()
    }

    /// Which texts of these lengths in tokens are computed together: on the CPU as many packs for each thread, of nearly as
    /// many tokens, so that all threads are done at the same time.
    pub(crate) fn packs(&self, lengths: &[usize]) -> Vec<Vec<usize>> {
        match self.device().is_cpu() {
            true => evenly(lengths, self.rounds(lengths.iter().sum(), PACK) * self.threads()),
            false => by_tokens(lengths, CARD_PACK, usize::MAX),
        }
    }

    /// Which of so many pictures are computed together, where each becomes `rows`, if it does.
    pub(crate) fn shares(&self, pictures: usize, rows: Option<usize>) -> Vec<Range<usize>> {
        let most = rows.map_or(PICTURES, |rows| (PACK / rows.max(1)).max(1));
        let count = match self.device().is_cpu() {
            true => self.rounds(pictures, most) * self.threads(),
            false => pictures.div_ceil(CARD_PICTURES),
        };
        let bound = |share: usize| share * pictures / count.max(1);
        (0..count).map(|share| bound(share)..bound(share + 1)).filter(|share| !share.is_empty()).collect()
    }

    /// How often all threads must compute `most` to do this much.
    fn rounds(&self, amount: usize, most: usize) -> usize {
        amount.div_ceil(most * self.threads()).max(1)
    }

    /// In words: `CPU, 2 threads`.
    pub(crate) fn words(&self) -> String {
        let threads = match self.threads() {
            1 => "CPU, 1 thread".into(),
            threads => format!("CPU, {threads} threads"),
        };
        match (card_words(self.device()), &self.reason) {
            (Some(card), _) => card.into(),
            (None, Some(reason)) => format!("{threads}; {reason}"),
            (None, None) => threads,
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
        if !self.device().is_cpu() {
            // A card computes one part after the other, and its library knows it by the thread.
            return parts.iter().map(work).collect();
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

/// That a model failed; of memory that ran out it is told.
pub(crate) fn failed(id: &str, source: candle_core::Error) -> Error {
    match is_out_of_memory(&source) {
        true => Error::OutOfMemory { id: id.into() },
        false => Error::Compute { id: id.into(), source },
    }
}

/// Where models compute in this program.
struct Chosen {
    device: Device,
    /// Whose processes hold models instead, because those compute on a graphics card.
    house: Option<Arc<House>>,
    /// Why it is the CPU although there could have been a graphics card, in words.
    reason: Option<String>,
}

/// One for all models: tensors of two devices of the same card do not mix.
fn chosen() -> &'static Chosen {
    static CHOSEN: OnceLock<Chosen> = OnceLock::new();
    CHOSEN.get_or_init(choose)
}

/// Whose processes hold models, where those compute on a graphics card and this program cannot.
pub(crate) fn house() -> Option<&'static Arc<House>> {
    chosen().house.as_ref()
}

/// The graphics card this program computes on, or why it does not, in words; None where it is built for none.
pub(crate) fn card() -> Option<Result<String, String>> {
    let Chosen { device, reason, .. } = chosen();
    let is_built_for_one = cfg!(any(feature = "cuda", feature = "metal"));
    is_built_for_one.then(|| match reason {
        Some(reason) => Err(reason.clone()),
        None => Ok(card_words(device).unwrap_or_default().into()),
    })
}

fn card_words(device: &Device) -> Option<&'static str> {
    match device {
        Device::Cuda(_) => Some("CUDA graphics card, faster than the CPU in a trial"),
        Device::Metal(_) => Some("Metal graphics card, faster than the CPU in a trial"),
        Device::Cpu => None,
    }
}

/// A graphics card if this program or the one beside it can use one, one answers, and it wins a trial; else the CPU, and why.
fn choose() -> Chosen {
    let on = |device, reason| Chosen { device, house: None, reason };
    let opened = match (cfg!(feature = "cuda"), cfg!(feature = "metal")) {
        (true, _) => Device::new_cuda(0),
        (_, true) => Device::new_metal(0),
        _ => {
            let Some(house) = House::beside_this_program() else { return on(Device::Cpu, None) };
            return match house.has_card() {
                Ok(has_card) => Chosen { house: has_card.then(|| Arc::new(house)), ..on(Device::Cpu, None) },
                Err(reason) => on(Device::Cpu, Some(reason)),
            };
        }
    };
    let tried = opened.and_then(|card| Ok((trial(&card)?, trial(&Device::Cpu)?, card)));
    match tried {
        Ok((there, here, card)) if there < here => on(card, None),
        Ok(_) => on(Device::Cpu, Some("the graphics card was slower in a trial".into())),
        Err(problem) => on(Device::Cpu, Some(format!("no graphics card could be used ({})", line(&problem)))),
    }
}

/// The time of a product of the size models have, with the way there and back; the second time, for the first one sets things up.
fn trial(device: &Device) -> candle_core::Result<Duration> {
    let mut took = Duration::MAX;
    for _ in 0..2 {
        let began = Instant::now();
        let rows = Tensor::ones((2048, 1024), DType::F32, &Device::Cpu)?.to_device(device)?;
        let product = rows.matmul(&rows.t()?)?;
        if product.sum_all()?.to_device(&Device::Cpu)?.to_scalar::<f32>()? <= 0.0 {
            candle_core::bail!("it computes nonsense");
        }
        took = began.elapsed();
    }
    Ok(took)
}

/// Whether a card's memory ran out.
#[cfg(feature = "cuda")]
fn is_out_of_memory(error: &candle_core::Error) -> bool {
    use candle_core::cuda_backend::CudaError;
    use candle_core::cuda_backend::cudarc::driver::sys::CUresult::CUDA_ERROR_OUT_OF_MEMORY;

    match error {
        candle_core::Error::WithBacktrace { inner, .. } | candle_core::Error::Context { inner, .. } => {
            is_out_of_memory(inner)
        }
        candle_core::Error::Cuda(inner) => match inner.downcast_ref::<CudaError>() {
            Some(CudaError::Cuda(error)) => error.0 == CUDA_ERROR_OUT_OF_MEMORY,
            Some(CudaError::Load { cuda, .. }) => cuda.0 == CUDA_ERROR_OUT_OF_MEMORY,
            _ => false,
        },
        _ => false,
    }
}

/// Only a card's memory is told of by the library.
#[cfg(not(feature = "cuda"))]
fn is_out_of_memory(_error: &candle_core::Error) -> bool {
    false
}

/// What is taken of the memory of the card this program computes on, in MB.
#[cfg(feature = "cuda")]
pub(crate) fn card_mb() -> Option<f64> {
    let Device::Cuda(card) = &chosen().device else { return None };
    let (free, total) = card.cuda_stream().context().mem_get_info().ok()?;
    Some(total.saturating_sub(free) as f64 / 1e6)
}

/// Only a CUDA card tells.
#[cfg(not(feature = "cuda"))]
pub(crate) fn card_mb() -> Option<f64> {
    None
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
        let desk = Desk::on_cpu("a test", Some(3)).expect("a desk");
        assert_eq!((desk.threads(), desk.words().as_str()), (3, "CPU, 3 threads"));
        let parts: Vec<usize> = (0..100).collect();
        assert_eq!(desk.each(&parts, |part| Ok::<_, ()>(part * 2)), Ok((0..100).map(|part| part * 2).collect()));
        assert_eq!(desk.each(&parts, |&part| if part < 50 { Ok(part) } else { Err("enough") }), Err("enough"));
        assert_eq!(desk.each(&[] as &[usize], |&part| Ok::<_, ()>(part)), Ok(vec![]));
    }

    #[test]
    fn packs_keep_every_thread_busy_and_stay_small() {
        let desk = Desk::on_cpu("a test", Some(2)).expect("a desk");
        assert_eq!(desk.packs(&[10; 8]).len(), 2);
        assert!(desk.packs(&[100; 80]).iter().all(|pack| pack.len() * 100 <= PACK + 100));
        assert_eq!((desk.shares(0, None), desk.shares(3, None)), (vec![], vec![0..1, 1..3]));
        let most = |rows| desk.shares(100, rows).iter().map(Range::len).max();
        assert_eq!([most(None), most(Some(50)), most(Some(PACK + 1))], [Some(PICTURES), Some(PACK / 50), Some(1)]);
        assert!(desk.shares(100, Some(50)).len().is_multiple_of(2));
        assert!(trial(&Device::Cpu).is_ok_and(|took| took > Duration::ZERO));
    }

    #[test]
    fn one_part_has_all_threads_and_many_have_one_each() {
        let desk = Desk::on_cpu("a test", Some(2)).expect("a desk");
        let threads = |_: &()| Ok::<_, ()>(rayon::current_num_threads());
        assert_eq!(desk.each(&[()], threads), Ok(vec![2]));
        assert_eq!(desk.each(&[(), ()], threads), Ok(vec![1, 1]));
    }
}
