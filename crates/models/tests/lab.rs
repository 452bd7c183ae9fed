use std::time::Instant;
use faer::{Accum, MatMut, MatRef, Par};

fn time(name: &str, flops: f64, mut f: impl FnMut()) {
    for _ in 0..3 { f(); }
    let mut best = f64::MAX;
    for _ in 0..30 { let s = Instant::now(); f(); best = best.min(s.elapsed().as_secs_f64()); }
    println!("{name}: {:.1} GF", flops / best / 1e9);
}

#[test]
#[ignore]
fn lab() {
    for (m, k, n) in [(768, 384, 1152), (768, 384, 1536), (768, 1536, 384), (20, 384, 1152), (3136, 576, 64), (49, 4608, 512), (196,1152,256), (24, 32, 24), (128,32,128), (128,128,32)] {
        let a: Vec<f32> = (0..m * k).map(|i| (i % 13) as f32).collect();
        let w: Vec<f32> = (0..n * k).map(|i| (i % 7) as f32).collect();
        let mut c = vec![0f32; m * n];
        let flops = 2.0 * (m * n * k) as f64;
        println!("--- {m} {k} {n}");
        time("gemm W[n,k]", flops, || unsafe {
            gemm::gemm(m, n, k, c.as_mut_ptr(), 1, n as isize, true, a.as_ptr(), 1, k as isize, w.as_ptr(), k as isize, 1, 1.0, 1.0, false, false, false, gemm::Parallelism::None)
        });
        time("gemm W[k,n]", flops, || unsafe {
            gemm::gemm(m, n, k, c.as_mut_ptr(), 1, n as isize, true, a.as_ptr(), 1, k as isize, w.as_ptr(), 1, n as isize, 1.0, 1.0, false, false, false, gemm::Parallelism::None)
        });
        time("faer W[n,k]", flops, || {
            let w = MatRef::from_row_major_slice(&w, n, k).transpose();
            faer::linalg::matmul::matmul(MatMut::from_row_major_slice_mut(&mut c, m, n), Accum::Add, MatRef::from_row_major_slice(&a, m, k), w, 1.0, Par::Seq);
        });
        time("faer W[k,n]", flops, || {
            let w = MatRef::from_row_major_slice(&w, k, n);
            faer::linalg::matmul::matmul(MatMut::from_row_major_slice_mut(&mut c, m, n), Accum::Add, MatRef::from_row_major_slice(&a, m, k), w, 1.0, Par::Seq);
        });
    }
}
