//! x
use embedscope_sources::read::*; use embedscope_sources::scan::*; use embedscope_sources::*;
#[test]
fn speed() {
    let d = tempfile::tempdir().unwrap();
    let para = "It was the best of times, it was the worst of times, it was the age of wisdom; it was the age of foolishness. We had everything before us, and nothing. ".repeat(4);
    let text: String = (0..30_000).map(|i| format!("{i} {para}\n\n")).collect();
    std::fs::write(d.path().join("big.txt"), &text).unwrap();
    let csv: String = "id,text,n\n".to_string() + &(0..200_000).map(|i| format!("{i},\"a row of text, number {i} with some words\",{i}\n")).collect::<String>();
    std::fs::write(d.path().join("big.csv"), csv).unwrap();
    std::fs::write(d.path().join("noise.md"), "[".repeat(200_000)).unwrap();
    std::fs::write(d.path().join("stars.md"), "*a **b ".repeat(40_000)).unwrap();
    std::fs::write(d.path().join("line.txt"), "x".repeat(5_000_000)).unwrap();
    std::fs::write(d.path().join("words.txt"), "word ".repeat(1_000_000)).unwrap();
    for f in scan(&[d.path().into()], &Limits::default(), &Default::default()).files {
        let (mut n, t) = (0, std::time::Instant::now());
        let r = read(&f, &ReadOptions::default(), &Limits::default(), &mut |_| n += 1);
        println!("{} {} bytes {n} items {:?} {r:?}", f.name, f.bytes, t.elapsed());
    }
    println!("{}", std::fs::read_to_string("/proc/self/status").unwrap().lines().find(|l| l.starts_with("VmHWM")).unwrap());
}
