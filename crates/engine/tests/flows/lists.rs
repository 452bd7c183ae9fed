//! What is made of items: tables, named selections, tags, what is special, sums and axes of meanings.

use embedscope_engine::{Axis, Event, Listing, Method, Projection, Test, Thing};

use crate::{Letters, set, stocked};

#[test]
fn a_table_is_sorted_and_filtered() {
    let (engine, _folders) = stocked();
    let set = set(&engine, "builtin-text");
    let list = |tests: &[(&str, Test)], sort: Option<(&str, bool)>| {
        let tests = tests.iter().map(|(field, test)| ((*field).to_owned(), test.clone())).collect();
        let sort = sort.map(|(field, descending)| (field.to_owned(), descending));
        engine.listing(&Listing { tests, sort, set: Some(set) })
    };
    let holds = |words: &str| Test::Holds(words.into());
    let all = list(&[], None).expect("listed");
    assert_eq!(all.len(), 27);
    assert_eq!(list(&[("text", holds("volcano lav"))], None).expect("listed").len(), 4);
    assert_eq!(list(&[("text", holds("square-1"))], None).expect("listed").len(), 1, "a picture by its name");
    assert_eq!(list(&[("file", holds("ORDERS"))], None).expect("listed").len(), 2);
    assert_eq!(list(&[("kind", Test::Is(vec!["Pictures".into()]))], None).expect("listed").len(), 5);
    let stars = Test::Between(Some("3".into()), None);
    let found = list(&[("column:stars", stars.clone()), ("text", holds("bread"))], None).expect("listed");
    assert_eq!(engine.card(found[0]).expect("there").metadata["stars"], "5");
    assert_eq!(found.len(), 1);

    let by_stars = list(&[], Some(("column:stars", true))).expect("listed");
    assert_eq!(engine.card(by_stars[0]).expect("there").metadata["stars"], "5");
    assert_eq!(by_stars[2..], *all.iter().copied().filter(|item| !by_stars[..2].contains(item)).collect::<Vec<_>>());
    let by_text = list(&[], Some(("text", false))).expect("listed");
    assert!(engine.card(by_text[0]).expect("there").title.starts_with("An old bread"));
    let clusters = engine.clustering(set).expect("there").expect("found").names.clone();
    let of_first = list(&[("cluster", Test::Is(vec![clusters[0].clone()]))], None).expect("listed");
    assert!(!of_first.is_empty() && of_first.len() < 22);
    assert!(list(&[("weight", stars)], None).is_err());

    engine.set_tag("good", &all[..3], true).expect("tagged");
    engine.forget_items(&all[..1]).expect("forgotten");
    assert_eq!(list(&[], None).expect("listed"), all[1..]);
    assert_eq!(list(&[("tag", Test::Is(vec!["good".into()]))], None).expect("listed"), all[1..3]);
}

#[test]
fn selections_are_kept_named_grown_and_told_apart() {
    let (engine, _folders) = stocked();
    let (tell, told) = std::sync::mpsc::channel();
    engine.subscribe(Box::new(move |event| {
        let _ = tell.send(matches!(event, Event::WorkspaceChanged));
    }));
    let set = set(&engine, "builtin-text");
    let about = |word: &str| {
        let tests = vec![("text".into(), Test::Holds(word.into()))];
        engine.listing(&Listing { tests, ..Listing::default() }).expect("listed")
    };
    let volcano = about("volcano");
    engine.save_selection(" Mountains ", &volcano).expect("kept");
    engine.rename_selection("Mountains", "Volcanoes").expect("renamed");
    assert_eq!(engine.selection("Volcanoes").expect("read"), volcano);
    assert!(engine.save_selection(" ", &volcano).is_err() && engine.set_tag("a, b", &volcano, true).is_err());
    assert!(told.try_iter().all(|changed| changed) && engine.selections().expect("read").len() == 1);
    engine.forget_selection("Volcanoes").expect("forgotten");

    assert_eq!(engine.set_tag("hot", &volcano[..2], true).expect("tagged").len(), 2);
    assert_eq!(engine.set_tag("hot", &volcano[..3], true).expect("tagged"), volcano[2..3], "two had it already");
    assert_eq!(engine.card(volcano[0]).expect("there").tags, ["hot"]);
    engine.set_tag("hot", &volcano, true).expect("tagged");

    let special = engine.special(&volcano, None, Some(set)).expect("compared");
    assert_eq!(special.sizes, (volcano.len(), 27 - volcano.len()));
    let word = &special.words[0];
    assert!(word.value.contains("volcano") && word.here > 0.9 && word.elsewhere < 0.1, "{word:?}");
    assert!(special.values.iter().any(|mark| mark.field == "cluster"), "{:?}", special.values);
    assert!(special.values.iter().any(|mark| mark.field == "tag" && mark.value == "hot"), "{:?}", special.values);

    let others = engine.special(&volcano[..2], Some(&volcano[..3]), None).expect("compared");
    assert_eq!(others.sizes, (2, 1), "what is chosen is not among the others");

    let one = &volcano[..1];
    let grown = engine.grown(set, one, 4).expect("grown");
    let nearest = engine.neighbours(set, one[0], 1).expect("found")[0].item;
    assert!(grown.len() == 5 && grown.contains(&one[0]) && grown.contains(&nearest), "{grown:?}");
    assert_eq!(engine.grown(set, &volcano, 100).expect("grown").len(), 22);
}

#[test]
fn meanings_are_added_up_and_laid_along_axes() {
    let (engine, _folders) = stocked();
    engine.add_embedder(Letters::new("letters"));
    let job = engine.start_embedding("letters").expect("starts");
    engine.wait(job).expect("listed");
    let set = set(&engine, "letters");
    let words = |words: &str| Thing::Words(words.into());

    let near = engine.reckon(set, &[words("bread volcano")], &[words("bread")], 3).expect("reckoned");
    assert!(near.iter().all(|hit| engine.card(hit.item).expect("there").text.contains("volcano")), "{near:?}");
    let own = near[0].item;
    let without = engine.reckon(set, &[Thing::Item(own)], &[], 3).expect("reckoned");
    assert!(without.iter().all(|hit| hit.item != own), "what was asked about is no answer");
    assert!(engine.reckon(set, &[words("a")], &[words("a")], 3).is_err(), "nothing is left");

    let axis = Axis { from: words("bread oven"), to: words("volcano lava") };
    let one = engine.spread(set, &axis, None).expect("laid out");
    let items = engine.set_rows(set, 0).expect("rows").items;
    assert_eq!(one.positions.rows(), items.len());
    let mean = |word: &str| -> f32 {
        let rows = items.iter().zip(one.positions.iter());
        let places: Vec<f32> = rows
            .filter(|(item, _)| engine.card(**item).expect("there").text.contains(word))
            .map(|(_, place)| place[0])
            .collect();
        places.iter().sum::<f32>() / places.len() as f32
    };
    assert!(mean("volcano") > mean("bread"), "{} {}", mean("volcano"), mean("bread"));
    assert!(one.variance.iter().all(|share| (0.0..=1.0).contains(share)), "{:?}", one.variance);
    let both = engine.spread(set, &axis, Some(&axis)).expect("laid out");
    assert!(both.positions.iter().all(|place| place[0] == place[1]));
    let nowhere = Axis { from: words("bread"), to: words("bread") };
    assert!(engine.spread(set, &nowhere, None).is_err());
}

#[test]
fn a_map_of_three_dimensions_is_drawn_around_as_it_is_seen() {
    let (engine, _folders) = stocked();
    let set = set(&engine, "builtin-text");
    let job = engine.start_projection(Projection { dims: 3, ..Projection::pca(set) }).expect("starts");
    engine.wait(job).expect("listed");
    let map = engine.maps().into_iter().find(|map| map.dims == 3 && map.method == Method::Pca).expect("a map");
    assert!(map.axis_variance.len() == 3 && map.axis_variance.windows(2).all(|pair| pair[0] >= pair[1]));
    assert_eq!(map.explained_variance, Some(map.axis_variance.iter().sum()));
    let map = map.id;
    let screen = [-1.0, -1.0, 1.0, -1.0, 1.0, 1.0, -1.0, 1.0];
    assert!(engine.lasso(map, &screen, None).is_err(), "it was seen through nothing");
    // Seen from far off along z: everything is on the screen.
    let eye = [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, -1.0, 0.0, 0.0, 0.0, 1000.0];
    assert_eq!(engine.lasso(map, &screen, Some(&eye)).expect("chosen").len(), 22);
}
