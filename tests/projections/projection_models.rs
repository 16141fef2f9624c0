//! Names of models and what is known by them.

use serde_json::json;
use token_headroom::{Code, Framing, LimitKind, Model, ModelOptions, TokenBudget, resolve};

fn named(name: &str) -> ModelOptions {
    ModelOptions {
        model: Some(name.to_owned()),
        ..ModelOptions::default()
    }
}

fn model(name: &str) -> Model {
    resolve(&named(name)).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn names_are_found_under_hosts_dates_and_fine_tunes() {
    let cases = [
        ("gpt-4o", "gpt-4o"),
        ("GPT-4o ", "gpt-4o"),
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("openai/gpt-4o", "gpt-4o"),
        ("openai:gpt-4o", "gpt-4o"),
        ("azure/gpt-4o-mini", "gpt-4o-mini"),
        ("openrouter/openai/gpt-5.2:free", "gpt-5.2"),
        ("openai.gpt-oss-120b-1:0", "gpt-oss-120b"),
        ("ft:gpt-4o:my-org::abc123", "gpt-4o"),
        ("ft:gpt-4o-mini-2024-07-18:my-org:suffix:id", "gpt-4o-mini"),
        ("gpt-5.2_2025-12-11", "gpt-5.2"),
        ("gpt-4-0613", "gpt-4"),
        ("gpt-4-turbo-2024-04-09", "gpt-4-turbo"),
        ("gpt-4-1106-preview", "gpt-4-turbo"),
        ("gpt-3.5-turbo-0125", "gpt-3.5-turbo"),
        ("gpt-35-turbo", "gpt-3.5-turbo-0301"),
        (
            "gpt-4o-mini-search-preview-2025-03-11",
            "gpt-4o-mini-search-preview",
        ),
        ("o1-preview-2024-09-12", "o1-preview"),
        ("gpt-5-chat-latest", "gpt-5-chat-latest"),
    ];
    for (name, row) in cases {
        assert_eq!(model(name).row, row, "{name}");
        assert_eq!(model(name).name, name);
    }
}

#[test]
fn gpt_4o_is_not_taken_for_gpt_4() {
    assert_eq!(model("gpt-4o").encoding, "o200k_base");
    assert_eq!(model("gpt-4.1").encoding, "o200k_base");
    assert_eq!(model("gpt-4.5-preview").encoding, "o200k_base");
    assert_eq!(model("gpt-4").encoding, "cl100k_base");
    assert_eq!(model("gpt-4-turbo").encoding, "cl100k_base");
    assert_eq!(model("gpt-3.5-turbo").encoding, "cl100k_base");
}

#[test]
fn an_unknown_name_gets_near_names_and_remedies() {
    for name in [
        "gpt-4o-transcribe",
        "gpt-7",
        "claude-zephyr-9",
        "deepseek/deepseek-chatter",
        "groq/llama-3.3-71b",
        "AZURE_DEPLOYMENT",
        "",
    ] {
        let error = resolve(&named(name)).expect_err("not a model of the catalogue");
        assert_eq!(error.code, Code::UnknownModel, "{name}");
        assert_eq!(error.path, "model");
    }
    let error = resolve(&named("gpt-4o-minni")).expect_err("unknown");
    assert!(error.message.contains("\"gpt-4o-minni\""), "{error}");
    assert!(
        error.message.contains("nearest are gpt-4o-mini, "),
        "{error}"
    );
    assert!(error.hint.contains("like"), "{error}");
    assert!(error.hint.contains("encoding"), "{error}");
    assert!(error.hint.contains("maxContextTokens"), "{error}");
}

#[test]
fn an_unknown_model_is_counted_like_a_known_one() {
    let options = ModelOptions {
        like: Some("gpt-5-mini".to_owned()),
        max_context_tokens: Some(64_000),
        ..named("my-deployment")
    };
    let model = resolve(&options).expect("like a known model");
    assert_eq!(
        (model.name.as_str(), model.row.as_str()),
        ("my-deployment", "gpt-5-mini")
    );
    assert_eq!(model.framing, Framing::OpenaiGpt5);
    assert_eq!(model.limit.window, 64_000);
    // The catalogue's cap on the prompt is void in a smaller window.
    assert_eq!(model.limit.max_input, None);
    assert_eq!(model.uncertainty, None);

    let options = ModelOptions {
        like: Some("gpt-9".to_owned()),
        ..named("x")
    };
    assert_eq!(resolve(&options).expect_err("unknown").path, "like");
}

#[test]
fn an_encoding_and_a_window_describe_a_model() {
    let options = ModelOptions {
        encoding: Some("qwen".to_owned()),
        max_context_tokens: Some(32_768),
        ..named("qwen-local")
    };
    let model = resolve(&options).expect("described");
    assert_eq!(model.encoding, "qwen");
    assert_eq!(model.framing, Framing::OpenaiChat);
    assert_eq!(model.limit.kind, LimitKind::Shared);
    assert!(model.uncertainty.is_some());
    let half = ModelOptions {
        encoding: Some("qwen".to_owned()),
        ..named("qwen-local")
    };
    assert_eq!(
        resolve(&half).expect_err("no window").code,
        Code::UnknownModel
    );
}

#[test]
fn every_field_can_be_overridden() {
    let options = ModelOptions {
        encoding: Some("cl100k_base".to_owned()),
        limit_kind: Some(LimitKind::Separate),
        max_context_tokens: Some(1_000),
        max_input_tokens: Some(900),
        max_output_tokens: Some(50),
        ..named("gpt-4o")
    };
    let model = resolve(&options).expect("known");
    assert_eq!(model.encoding, "cl100k_base");
    assert_eq!(model.limit.kind, LimitKind::Separate);
    assert_eq!(
        (
            model.limit.window,
            model.limit.max_input,
            model.limit.max_output
        ),
        (1_000, Some(900), Some(50))
    );
    assert_eq!(model.default_headroom, 50);
}

#[test]
fn contradicting_limits_are_refused() {
    let zero = ModelOptions {
        max_context_tokens: Some(0),
        ..named("gpt-4o")
    };
    let error = resolve(&zero).expect_err("no window");
    assert_eq!(
        (error.code, error.path.as_str()),
        (Code::InvalidOption, "maxContextTokens")
    );
    let inverted = ModelOptions {
        max_context_tokens: Some(10),
        max_input_tokens: Some(11),
        ..named("gpt-4o")
    };
    let error = resolve(&inverted).expect_err("more input than window");
    assert_eq!(error.path, "maxInputTokens");
}

#[test]
fn default_headroom_fits_the_family_and_the_window() {
    assert_eq!(model("gpt-4o").default_headroom, 4_096);
    assert_eq!(model("gpt-5").default_headroom, 25_000);
    assert_eq!(model("o3").default_headroom, 25_000);
    // A quarter of 8,192.
    assert_eq!(model("gpt-4").default_headroom, 2_048);
    assert_eq!(model("gpt-5-chat-latest").default_headroom, 16_384);
}

#[test]
fn a_request_for_another_model_is_warned_of() {
    let warned = |options: &str, asked: &str| {
        let body = json!({ "model": asked, "messages": [{ "role": "user", "content": "x" }] });
        let budget = TokenBudget::new(&ModelOptions::for_model(options)).unwrap();
        let warnings = budget.check(&body).unwrap().projection.warnings;
        warnings
            .iter()
            .any(|warning| warning.code == "model_mismatch")
    };
    assert!(warned("gpt-4", "gpt-4o"));
    assert!(warned("gpt-4", "a-model-of-mine"));
    assert!(!warned("gpt-4o", "openai/gpt-4o-2024-08-06"));
    assert!(!warned("gpt-4o", "gpt-4o"));
}

#[test]
fn a_name_means_what_it_meant_on_the_day() {
    let on = |name: &str, day: &str| {
        resolve(&ModelOptions {
            as_of: Some(day.to_owned()),
            ..named(name)
        })
        .unwrap_or_else(|error| panic!("{error}"))
    };
    for (name, day, row) in [
        ("deepseek-chat", "2025-08-19", "deepseek-v3"),
        ("deepseek-chat", "2025-08-20", "deepseek-v3.1"),
        ("deepseek/deepseek-chat", "2026-01-01", "deepseek-v3.2"),
        ("deepseek-chat", "2026-04-24", "deepseek-chat"),
        ("mistral-small-latest", "2024-08-27", "mistral-small-2409"),
        ("mistral-small-latest", "2026-11-20", "mistral-small-latest"),
        ("gpt-4o", "2020-01-01", "gpt-4o"),
    ] {
        let model = on(name, day);
        assert_eq!(
            (model.name.as_str(), model.row.as_str()),
            (name, row),
            "{day}"
        );
        let meant = resolve(&named(row)).unwrap_or_else(|error| panic!("{error}"));
        let (limit, framing) = (model.limit, model.framing);
        assert_eq!(
            (limit, framing, model.encoding),
            (meant.limit, meant.framing, meant.encoding)
        );
    }
    assert_eq!(model("deepseek-chat").row, "deepseek-chat");
}

#[test]
fn a_day_is_a_date() {
    for day in [
        "",
        "today",
        "2025-8-10",
        "2025-08-10T00:00",
        "2025/08/10",
        "2025-02-30",
        "2025-02-29",
        "2025-04-31",
        "2025-13-01",
        "2025-00-10",
        "2025-08-00",
        "2100-02-29",
    ] {
        let options = ModelOptions {
            as_of: Some(day.to_owned()),
            ..named("gpt-4o")
        };
        let error = resolve(&options).expect_err("no day");
        assert_eq!(
            (error.code, error.path.as_str()),
            (Code::InvalidOption, "asOf")
        );
    }
    for day in ["2024-02-29", "2000-02-29", "2025-12-31"] {
        let options = ModelOptions {
            as_of: Some(day.to_owned()),
            ..named("gpt-4o")
        };
        assert!(resolve(&options).is_ok(), "{day}");
    }
}
