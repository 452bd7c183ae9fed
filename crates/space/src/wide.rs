//! Loops in the widest instructions this processor has: the door to the `pulp` crate for sums over rows.
//!
//! Deliberately absent: instructions by name; the compiler finds them in plain loops.

/// Does `work`, compiled for this processor as far as it is `#[inline(always)]`, and so is all that it calls.
///
/// Work that can be done again, and not only once, is asked for because calling such a closure adds no function between:
/// one between would be compiled for any processor.
#[inline(always)]
pub fn widely<R>(work: impl FnMut() -> R) -> R {
    struct Work<F>(F);

    impl<R, F: FnMut() -> R> pulp::NullaryFnOnce for Work<F> {
        type Output = R;

        #[inline(always)]
        fn call(mut self) -> R {
            (self.0)()
        }
    }

    pulp::Arch::new().dispatch(Work(work))
}
