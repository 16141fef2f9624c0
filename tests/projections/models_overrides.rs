//! What callers know better than the catalogue, and names that nobody knows.

use serde_json::{Value, json};
use token_headroom::{
    Basis, Code, Error, Framing, Host, LimitKind, Model, ModelOptions, Override, TokenBudget,
    UnknownModel, Verdict, budget_options, catalogue, resolve,
};

fn resolved(options: &Value) -> Result<Model, Error> {
    resolve(&budget_options(options)?.0)
}

fn model(options: Value) -> Model {
    resolved(&options).unwrap_or_else(|error| panic!("{options}: {error}"))
}

fn error(options: Value) -> Error {
    resolved(&options).expect_err("not a model")
}

#[test]
fn a_name_that_says_who_serves_it_decides_the_host() {
    for (name, host) in [
        ("azure/gpt-4o", Some(Host::Azure)),
        ("openrouter/openai/gpt-4o", Some(Host::Openrouter)),
        ("openai.gpt-oss-20b-1:0", Some(Host::Bedrock)),
        ("groq/openai/gpt-oss-20b", Some(Host::Groq)),
        ("openai/gpt-4o", None),
        ("gpt-4o", None),
    ] {
        assert_eq!(model(json!({ "model": name })).host, host, "{name}");
    }
    let said = json!({ "model": "azure/gpt-4o", "host": "openrouter" });
    assert_eq!(model(said).host, Some(Host::Openrouter));
}

#[test]
fn a_model_of_the_callers_own_is_like_another_but_for_what_is_said() {
    let options = json!({ "model": "my-deployment", "models": {
        "my-deployment": {
            "like": "gpt-4o", "host": "azure", "maxContextTokens": 64_000, "maxOutputTokens": 2_000,
            "price": { "input": 2, "output": 8, "cacheRead": 1 }, "source": "our contract",
        },
    }});
    let own = model(options);
    assert_eq!(
        (own.name.as_str(), own.row.as_str()),
        ("my-deployment", "gpt-4o")
    );
    assert_eq!(
        (own.framing, own.host),
        (Framing::OpenaiChat, Some(Host::Azure))
    );
    assert_eq!(
        (own.limit.window, own.limit.max_output),
        (64_000, Some(2_000))
    );
    assert_eq!(own.limit.kind, LimitKind::Shared);
    assert_eq!(own.price.expect("a price").cache_read, Some(1.0));
    assert_eq!(own.source, "our contract");
    assert_eq!(own.overrides, ["my-deployment"]);
}

#[test]
fn an_override_corrects_a_model_under_each_of_its_spellings_and_no_other() {
    let models = json!({ "gpt-4o": { "maxContextTokens": 100_000 } });
    for name in [
        "gpt-4o",
        "openai/gpt-4o-2024-08-06",
        "ft:gpt-4o:org::id",
        "GPT-4o",
    ] {
        let own = model(json!({ "model": name, "models": models }));
        assert_eq!(own.limit.window, 100_000, "{name}");
        assert_eq!(own.overrides, ["gpt-4o"]);
    }
    for name in ["gpt-4o-mini", "gpt-4.1", "chatgpt-4o-latest"] {
        let own = model(json!({ "model": name, "models": models }));
        assert_ne!(own.limit.window, 100_000, "{name}");
        assert_eq!(own.overrides, [""; 0]);
    }
    // A dated name that the catalogue takes for the same model can be told apart.
    let dated = json!({ "gpt-4o-2024-08-06": { "maxOutputTokens": 9_000 } });
    let output = |name: &str| {
        model(json!({ "model": name, "models": dated }))
            .limit
            .max_output
    };
    assert_eq!(output("gpt-4o-2024-08-06"), Some(9_000));
    assert_eq!(output("gpt-4o-2024-11-20"), Some(16_384));
}

#[test]
fn what_one_host_does_differently_applies_there_only() {
    let models = json!({
        "gpt-4.1": { "maxOutputTokens": 5_000 },
        "gpt-4.1@azure": { "maxContextTokens": 128_000 },
        "gpt-4.1@openai": { "price": [1, 2] },
    });
    let own = |more: Value| {
        let mut options = json!({ "model": "gpt-4.1", "models": models });
        for (key, value) in more.as_object().expect("options") {
            options[key] = value.clone();
        }
        let own = model(options);
        (
            own.limit.window,
            own.limit.max_output,
            own.price.expect("a price").input,
        )
    };
    let (window, price) = (1_047_576, 2.0);
    assert_eq!(own(json!({})), (window, Some(5_000), 1.0));
    assert_eq!(
        own(json!({ "host": "azure" })),
        (128_000, Some(5_000), price)
    );
    assert_eq!(
        own(json!({ "model": "azure/gpt-4.1" })),
        (128_000, Some(5_000), price)
    );
    assert_eq!(
        own(json!({ "host": "openrouter" })),
        (window, Some(5_000), price)
    );
    assert_eq!(own(json!({ "host": "openai" })), (window, Some(5_000), 1.0));
}

#[test]
fn options_go_before_overrides_and_both_before_the_catalogue() {
    let models = json!({ "gpt-4o": { "maxContextTokens": 100_000, "encoding": "cl100k_base", "limitKind": "separate" } });
    let own = model(json!({ "model": "gpt-4o", "maxContextTokens": 50_000, "models": models }));
    assert_eq!(
        (own.limit.window, own.encoding.as_str()),
        (50_000, "cl100k_base")
    );
    assert_eq!(
        (own.limit.kind, own.limit.max_output),
        (LimitKind::Separate, Some(16_384))
    );
    // A cap on the prompt that belongs to a larger window is void.
    let cut =
        model(json!({ "model": "gpt-5", "models": { "gpt-5": { "maxContextTokens": 100_000 } } }));
    assert_eq!(cut.limit.max_input, None);
}

#[test]
fn a_price_can_be_taken_away() {
    let own =
        model(json!({ "model": "x", "models": { "x": { "like": "gpt-4o", "price": null } } }));
    assert_eq!(own.price, None);
}

#[test]
fn an_override_without_a_model_behind_it_needs_an_encoding_and_a_window() {
    let own = model(json!({ "model": "ours", "models": {
        "ours": { "encoding": "qwen3", "maxContextTokens": 32_768 },
    }}));
    assert_eq!((own.encoding.as_str(), own.limit.window), ("qwen3", 32_768));
    assert!(!own.assumed);
    let refused =
        error(json!({ "model": "ours", "models": { "ours": { "maxContextTokens": 1 } } }));
    assert_eq!(refused.code, Code::UnknownModel);
}

#[test]
fn mistakes_in_overrides_are_named_with_their_place() {
    for (models, path) in [
        (json!([]), "models"),
        (json!({ "m": 4 }), "models[\"m\"]"),
        (
            json!({ "m": { "maxcontext": 4 } }),
            "models[\"m\"].maxcontext",
        ),
        (
            json!({ "m": { "price": { "input": 4 } } }),
            "models[\"m\"].price",
        ),
        (json!({ "m": { "price": [1, -2] } }), "models[\"m\"].price"),
        (
            json!({ "m": { "limitKind": "both" } }),
            "models[\"m\"].limitKind",
        ),
        (
            json!({ "m": { "maxInputTokens": 1.5 } }),
            "models[\"m\"].maxInputTokens",
        ),
        (
            json!({ "m": { "host": "narnia", "like": "gpt-4o" } }),
            "models[\"m\"].host",
        ),
    ] {
        let found = error(json!({ "model": "m", "models": models }));
        assert_eq!(
            (found.code, found.path.as_str()),
            (Code::InvalidOption, path),
            "{found}"
        );
    }
    let found = error(json!({ "model": "m", "models": { "m": { "like": "gpt-9" } } }));
    assert_eq!(
        (found.code, found.path.as_str()),
        (Code::UnknownModel, "models[\"m\"].like")
    );
    let found =
        error(json!({ "model": "gpt-4o", "models": { "gpt-4o": { "maxContextTokens": 0 } } }));
    assert_eq!(found.path, "maxContextTokens");
}

#[test]
fn names_of_the_callers_own_are_suggested_too() {
    let found = error(
        json!({ "model": "my-deploiment", "models": { "my-deployment": { "like": "gpt-4o" } } }),
    );
    assert!(
        found.message.contains("nearest are my-deployment,"),
        "{found}"
    );
}

#[test]
fn overrides_are_made_in_rust_too() {
    let own = Override {
        like: Some("gpt-4o".to_owned()),
        max_context_tokens: Some(1_000),
        ..Override::default()
    };
    let options = ModelOptions {
        models: [("ours", own)].into_iter().collect(),
        ..ModelOptions::for_model("ours")
    };
    assert_eq!(resolve(&options).expect("described").limit.window, 1_000);
}

#[test]
fn an_unknown_model_is_an_error_unless_an_estimate_will_do() {
    for options in [
        json!({ "model": "gpt-9" }),
        json!({ "model": "gpt-9", "unknownModel": "error" }),
    ] {
        let found = error(options);
        assert_eq!(found.code, Code::UnknownModel);
        assert_eq!(
            found.message.matches(", ").count(),
            3,
            "three names: {found}"
        );
        assert!(found.hint.contains("unknownModel"), "{found}");
    }
    let own = model(json!({ "model": "gpt-9", "unknownModel": "estimate" }));
    assert!(own.assumed);
    assert_eq!(
        (own.name.as_str(), own.encoding.as_str()),
        ("gpt-9", "o200k_base")
    );
    assert_eq!((own.framing, own.limit.window), (Framing::Generic, 128_000));
    let window = json!({ "model": "gpt-9", "unknownModel": "estimate", "maxContextTokens": 9_000 });
    assert_eq!(model(window).limit.window, 9_000);
    // A known model stays what it is, and no model at all is no model to estimate.
    let known = json!({ "model": "gpt-4o", "unknownModel": "estimate" });
    assert!(!model(known).assumed);
    assert_eq!(
        error(json!({ "unknownModel": "estimate" })).code,
        Code::UnknownModel
    );
    assert_eq!(
        error(json!({ "unknownModel": "guess" })).path,
        "unknownModel"
    );
}

#[test]
fn an_estimate_of_an_unknown_model_says_so_and_has_wide_bounds() {
    let options = ModelOptions {
        unknown_model: UnknownModel::Estimate,
        ..ModelOptions::for_model("acme/frontier-1")
    };
    let budget = TokenBudget::new(&options).expect("an estimate");
    let text = "The keeper of the lighthouse noted the wind. ".repeat(50);
    let body =
        json!({ "model": "acme/frontier-1", "messages": [{ "role": "user", "content": text }] });
    let judged = budget.check(&body).expect("a body");
    let found = &judged.projection;
    assert_eq!(
        (found.basis, judged.verdict),
        (Basis::Estimated, Verdict::Fits)
    );
    let warning = found
        .warnings
        .iter()
        .find(|warning| warning.code == "assumed_model");
    let warning = warning.expect("a warning");
    assert_eq!(warning.path, "model");
    assert!(warning.message.contains("acme/frontier-1") && warning.message.contains("128000"));
    // Claude's second tokenizer takes up to 1.75 times as many tokens as o200k_base.
    let counted = f64::from(budget.count_tokens(&text));
    assert!(f64::from(found.upper_bound) >= 1.75 * counted, "{found:?}");
    assert!(f64::from(found.lower_bound) <= 0.9 * counted, "{found:?}");
}

#[test]
fn every_name_of_the_catalogue_leads_to_its_own_row_also_under_hosts_and_dates() {
    for row in catalogue() {
        let name = &row.name;
        for spelled in [
            name.clone(),
            name.to_uppercase(),
            format!("openrouter/x/{name}"),
            format!("{name}:free"),
        ] {
            assert_eq!(model(json!({ "model": spelled })).row, *name, "{spelled}");
        }
        assert!(!row.source.is_empty() && row.date.len() == 10, "{name}");
    }
}

#[test]
fn a_thousand_overrides_and_long_names_take_no_time() {
    let rows = (0..1_000).map(|index| {
        (
            format!("model-{index}"),
            Override {
                like: Some("gpt-4o".to_owned()),
                ..Override::default()
            },
        )
    });
    let options = ModelOptions {
        models: rows.collect(),
        ..ModelOptions::for_model("a:b@c/".repeat(2_000))
    };
    let began = std::time::Instant::now();
    assert!(resolve(&options).is_err());
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}

#[test]
fn a_name_is_looked_up_in_microseconds() {
    let names = [
        "gpt-4o",
        "openrouter/openai/gpt-4o-2024-08-06:free",
        "openai.gpt-oss-20b-1:0",
    ];
    let options = names.map(ModelOptions::for_model);
    resolve(&options[0]).expect("known");
    let began = std::time::Instant::now();
    for _ in 0..3_000 {
        for options in &options {
            assert!(resolve(options).is_ok());
        }
    }
    let each = began.elapsed() / 9_000;
    println!("{each:?} for each");
    // A scan over all rows for every part of a name takes longer than this on any machine.
    assert!(each.as_micros() < 200, "{each:?}");
}
