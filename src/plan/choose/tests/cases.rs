//! What is chosen, case by case.

use super::*;

/// Three groups of 1,000 tokens before 500 that stay; each may free 600.
fn three(loss: [f64; 3], need: u32, money: Money) -> Problem {
    let turns = loss.map(|loss| (1_000, vec![(0.6, loss)], None));
    Problem {
        candidates: problem(&turns, 500),
        need,
        removal: None,
        money,
    }
}

fn options(problem: &Problem) -> Vec<usize> {
    choose(problem).expect("enough can be freed").options
}

#[test]
fn a_warm_cache_prefers_late_edits_and_a_cold_one_ignores_the_place() {
    let loss = [10.0, 20.0, 30.0];
    let warm = Money {
        rewrite: 1.15,
        saving: 0.0,
    };
    assert_eq!(options(&three(loss, 600, warm)), [0, 0, 1]);
    assert_eq!(options(&three(loss, 600, COLD)), [1, 1, 1]);
    let dear = [2_000.0, 2_010.0, 2_020.0];
    assert_eq!(options(&three(dear, 600, COLD)), [1, 0, 0]);
    // 600 more would be written again for each group further to the front; so much less must be missed.
    let apart = [10.0, 3_000.0, 5_000.0];
    assert_eq!(options(&three(apart, 600, warm)), [1, 0, 0]);
}

#[test]
fn one_rewrite_covers_all_behind_it() {
    // Alone none pays: 0.6 · 1,000 are saved, and more is written again. Behind the first, the others are free.
    let money = Money {
        rewrite: 1.0,
        saving: 1.0,
    };
    let turns = [0.0; 3].map(|loss| (1_000, vec![(0.6, loss)], None));
    let problem = Problem {
        candidates: problem(&turns, 1_000),
        need: 0,
        removal: None,
        money,
    };
    assert_eq!(options(&problem), [0, 0, 0]);
    let forced = Problem {
        need: 1_300,
        ..problem
    };
    assert_eq!(options(&forced), [1, 1, 1]);
}

#[test]
fn what_must_be_freed_is_freed_or_nothing_is_chosen() {
    assert_eq!(choose(&three([1.0; 3], 1_801, WARM)), None);
    assert_eq!(options(&three([1.0; 3], 1_800, WARM)), [1, 1, 1]);
    let none = Problem {
        candidates: Vec::new(),
        need: 0,
        removal: None,
        money: WARM,
    };
    let nothing = choose(&none).expect("nothing has to be done");
    assert_eq!(
        (nothing.freed, nothing.objective(), nothing.bound),
        (0, 0.0, 0.0)
    );
    assert_eq!(choose(&Problem { need: 1, ..none }), None);
}

#[test]
fn the_oldest_go_around_those_that_stay() {
    let turns = [
        (1_000, vec![], None),
        (1_000, vec![], Some(50.0)),
        (1_000, vec![(0.9, 5.0)], None),
        (1_000, vec![], Some(50.0)),
        (1_000, vec![], Some(50.0)),
    ];
    let problem = Problem {
        candidates: problem(&turns, 0),
        need: 2_500,
        removal: Some(RemovalTerms {
            takes: 100,
            paid: 100,
            cost: 200.0,
            least: 0,
        }),
        money: Money {
            rewrite: 0.0,
            saving: 0.0,
        },
    };
    let solution = choose(&problem).expect("enough can be freed");
    assert_eq!(
        (solution.removed, solution.options.as_slice()),
        (2, &[0, 0, 1, 0, 0][..])
    );
    assert_eq!(
        (solution.freed, solution.loss, solution.bound),
        (2_800, 305.0, 305.0)
    );
    let free = Problem {
        removal: Some(RemovalTerms {
            takes: 3_000,
            paid: 3_000,
            cost: 0.0,
            least: 0,
        }),
        need: 901,
        ..problem
    };
    assert_eq!(choose(&free), None);
}

#[test]
fn between_equals_nothing_then_the_later_edit_is_chosen() {
    let free = Money {
        rewrite: 0.0,
        saving: 0.0,
    };
    assert_eq!(options(&three([0.0; 3], 0, free)), [0, 0, 0]);
    assert_eq!(options(&three([7.0; 3], 600, free)), [0, 0, 1]);
}

#[test]
fn an_edit_before_the_first_removal_is_charged_from_its_place() {
    // Many groups that stay before the first that may go: nodes for ranges of first edits are halved.
    let mut turns: Vec<Turn> = Vec::new();
    let mut numbers = Numbers(3);
    for index in 0..12 {
        let removal = (index >= 6).then(|| 100.0 * numbers.next());
        turns.push((
            200,
            vec![(0.2 + 0.7 * numbers.next(), 300.0 * numbers.next())],
            removal,
        ));
    }
    for step in 0..40 {
        for rewrite in [0.0, 0.05, 0.3, 1.15] {
            let problem = Problem {
                candidates: problem(&turns, 100),
                need: step * 55,
                removal: Some(RemovalTerms {
                    takes: 30,
                    paid: 30,
                    cost: 20.0,
                    least: 0,
                }),
                money: Money {
                    rewrite,
                    saving: 0.3,
                },
            };
            let (solution, expected) = (choose(&problem), table_oracle(&problem));
            assert_eq!(solution.is_some(), expected.is_some());
            if let (Some(solution), Some(expected)) = (solution, expected) {
                let objective = check(&problem, &solution);
                assert!(
                    (objective - expected).abs() < 1e-6,
                    "{objective} {expected}"
                );
                assert!(objective - solution.bound < 1e-6);
            }
        }
    }
}
