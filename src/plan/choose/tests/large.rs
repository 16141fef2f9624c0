//! Large instances: their gaps and times.

use super::*;

#[test]
fn large_problems_are_solved_within_a_percent() {
    for groups in [24, 200, 1_000, 20_000] {
        let mut worst: f64 = 0.0;
        let mut times = Vec::new();
        for need in [0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9] {
            for money in [WARM, COLD, FREE, BALANCED] {
                for held in [0.02, 0.5] {
                    for seed in 1..=3 {
                        let problem = history(groups, need, money, held, seed);
                        // The shortest of some runs: what else runs at the time only adds.
                        let time = |_| {
                            let start = std::time::Instant::now();
                            std::hint::black_box(choose(&problem));
                            start.elapsed()
                        };
                        times.extend((0..5).map(time).min());
                        let solution = choose(&problem);
                        let Some(solution) = solution else { continue };
                        let objective = check(&problem, &solution);
                        let paid = solution.loss + solution.rewrite;
                        let gap = objective - solution.bound;
                        assert!(
                            gap <= 0.01 * paid,
                            "{groups} {need} {money:?}: {gap} of {paid}"
                        );
                        if paid > 0.0 {
                            worst = worst.max(gap / paid);
                        }
                    }
                }
            }
        }
        times.sort();
        println!(
            "{groups} groups: worst gap {:.4} %, median {:?}, worst {:?}",
            100.0 * worst,
            times[times.len() / 2],
            times[times.len() - 1]
        );
    }
}

/// Shapes that no history has and that could take long: the times are printed, the answers certified all the same.
#[test]
fn odd_shapes_are_solved_within_a_percent() {
    let mut numbers = Numbers(11);
    let few = Money {
        rewrite: 0.002,
        saving: 0.001,
    };
    let mut shapes: Vec<(&str, Problem)> = Vec::new();
    let mut add = |name, turns: Vec<Turn>, need: f64, money| {
        let candidates = problem(&turns, 1_000);
        let total = candidates.first().map_or(0, |first| first.suffix);
        let problem = Problem {
            candidates,
            need: (f64::from(total) * need) as u32,
            removal: Some(RemovalTerms {
                takes: 500,
                paid: 500,
                cost: 100.0,
                least: 0,
            }),
            money,
        };
        shapes.push((name, problem));
    };
    for (name, need, money) in [
        ("many that stay, then as many that may go", 0.4, few),
        ("the same, warm", 0.4, WARM),
        ("the same, cold", 0.05, FREE),
    ] {
        let turns = (0..20_000).map(|index| {
            let options = vec![(numbers.next(), 90.0 * numbers.next())];
            (
                300,
                options,
                (index >= 10_000).then(|| 100.0 * numbers.next()),
            )
        });
        add(name, turns.collect(), need, money);
    }
    let turns = (0..20_000).map(|_| {
        let size = 2 * (10.0 + 500.0 * numbers.next()) as u32;
        let half = f64::from(size) / 2.0;
        (size, vec![(0.5, half)], Some(2.0 * half))
    });
    add("all at the same rate", turns.collect(), 0.5, FREE);
    let many = |numbers: &mut Numbers| {
        (0..50_000)
            .map(|_| (numbers.next(), 1e6 * numbers.next()))
            .collect()
    };
    let turns = vec![
        (4_000_000, many(&mut numbers), Some(1e6)),
        (4_000_000, many(&mut numbers), Some(1e6)),
    ];
    add("two groups with many options", turns, 0.3, few);
    let turns = (0..20_000).map(|_| (100, vec![(0.7, 30.0), (0.9, 40.0)], Some(50.0)));
    add("all alike", turns.collect(), 0.77, BALANCED);
    for (name, problem) in shapes {
        let start = std::time::Instant::now();
        let solution = choose(&problem).expect(name);
        let time = start.elapsed();
        let objective = check(&problem, &solution);
        let (gap, paid) = (objective - solution.bound, solution.loss + solution.rewrite);
        println!("{name}: gap {:.5} %, {time:?}", 100.0 * gap / paid);
        assert!(gap <= 0.01 * paid, "{name}: {gap} of {paid}");
    }
}
