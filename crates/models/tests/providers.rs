//! A real OpenAI-compatible server gives the vectors this program gives itself. Run by `make test-providers`, which starts the
//! server and names it in `EMBEDSCOPE_TEST_SERVER` and its model's folder in `EMBEDSCOPE_TEST_MODEL`.

mod common;

use common::cosine;
use embedscope_models::remote::{ProviderSettings, Providers};
use embedscope_models::{Elsewhere, Folders, Input, Overrides, Role, load};

#[test]
#[ignore = "needs a server; `make test-providers` has one"]
fn a_real_server_gives_the_same_vectors() {
    let named = |name| std::env::var(name).unwrap_or_else(|_| panic!("{name} names it"));
    let (url, folder) = (named("EMBEDSCOPE_TEST_SERVER"), named("EMBEDSCOPE_TEST_MODEL"));
    let own = ProviderSettings { name: "real".into(), url: Some(url), inputs: Some(7), ..ProviderSettings::default() };
    let providers = Providers::with(&[own]).expect("a provider");
    let elsewhere = Elsewhere { providers, ..Elsewhere::default() };
    let remote = elsewhere.load("real:model", &Folders::from_env(), Some(2)).expect("known").expect("it answers");
    // The server normalises what it sends.
    let local = Overrides { normalise: Some(true), ..Overrides::default() }.join(&folder);
    let local = load(&local, &Folders::from_env(), Some(2)).expect("the same model here");
    assert_eq!(remote.about().dim, local.about().dim);

    let texts: Vec<String> = (0..40)
        .map(|at| {
            format!(
                "Sentence {at} is about {}.",
                ["bread", "stars", "ships", "雨", "🐝 bees"][at % 5].repeat(1 + at % 3)
            )
        })
        .collect();
    let inputs: Vec<Input<'_>> = texts.iter().map(|text| Input::Text(text)).collect();
    let there = remote.embed(&inputs, Role::Document).expect("embedded there");
    let here = local.embed(&inputs, Role::Document).expect("embedded here");
    let least = there.iter().zip(here.iter()).map(|(there, here)| cosine(there, here)).fold(1.0, f64::min);
    println!("least cosine between there and here: {least:.6}");
    assert!(least >= 0.9999, "{least}");
}
