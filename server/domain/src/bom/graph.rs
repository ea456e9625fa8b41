//! From the things of a document and the links between them to register entries and their relations: the same for every
//! format.

use super::result::Tie;
use super::tree::Id;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

/// What a document says that a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    Model,
    Dataset,
    /// Reached over a network.
    Service,
    /// Of the AI kind by its own words, though not a model: an AI package of SPDX that is an application.
    System,
    Software,
    File,
}

/// A thing of the document.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) node: Id,
    pub(super) nature: Nature,
    /// Its kind in the register, where a property says it.
    pub(super) kind: Option<&'static str>,
    /// Why it is of this nature, where the document does not say so outright.
    pub(super) why: Option<&'static str>,
    /// By its own words it has to do with AI: decides for services alone.
    pub(super) worded: bool,
    /// By its own words it is an agent.
    pub(super) agent: bool,
    /// A library or framework: the client of an AI service is no system for it.
    pub(super) library: bool,
    /// What the document is about.
    pub(super) subject: bool,
}

/// What a document says that a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    Needs,
    /// A dataset of a model card: "used to train and evaluate".
    Data,
    TrainedOn,
    TestedOn,
    Contains,
}

/// A link between two things, by their numbers.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) link: Link,
    pub(super) place: Id,
    /// Concluded, not said.
    pub(super) inferred: bool,
}

/// A relation between two things that are entries.
#[derive(Clone, Debug)]
pub(super) struct Related {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) tie: Tie,
    pub(super) inferred: bool,
    pub(super) place: Id,
}

/// Things and links.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) items: Vec<Item>,
    pub(super) edges: Vec<Edge>,
}

/// Which things are entries, and of which kind, and how they relate.
#[derive(Debug)]
pub(super) struct Resolved {
    /// For each thing, its kind in the register and, where the document does not say it outright, what it was taken from.
    pub(super) kinds: Vec<Option<(&'static str, Option<&'static str>)>>,
    /// `None` where there are too many.
    pub(super) related: Option<Vec<Related>>,
    /// Things that need each other in a circle, an entry among them; one of each circle's ways, in order.
    pub(super) circles: Vec<Vec<usize>>,
}

/// Circles that are found at most.
const CIRCLES: usize = 100;

/// Words in a dataset's name or description that say what it was used for.
const TESTING: [&str; 9] =
    ["test", "testing", "tested", "evaluation", "evaluate", "eval", "validation", "benchmark", "holdout"];
const TRAINING: [&str; 7] = ["train", "training", "trained", "pretraining", "finetuning", "tuning", "corpus"];

/// Decides kinds and relations. `words` gives what a thing's own name and description say, folded. There may be
/// `most` relations.
pub(super) fn resolve(graph: &Graph, most: usize, words: impl Fn(usize) -> Vec<String>) -> Resolved {
    let mut kinds = own_kinds(graph);
    systems(graph, &mut kinds);
    let graph = &through_others(graph, &kinds);
    let wholes = wholes(graph);
    let related = relations(graph, &kinds, &wholes, most, words);
    let mut circles = circles(graph);
    circles.retain(|circle| circle.iter().any(|n| kinds[*n].is_some()));
    Resolved { related, circles, kinds }
}

type Kinds = Vec<Option<(&'static str, Option<&'static str>)>>;

fn own_kinds(graph: &Graph) -> Kinds {
    let kind = |item: &Item| match item.nature {
        _ if item.kind.is_some() => item.kind.map(|kind| (kind, None)),
        Nature::Model => Some(("model", item.why)),
        Nature::Dataset => Some(("dataset", item.why)),
        Nature::System if item.agent => Some(("agent", Some("its-own-words"))),
        Nature::System => Some(("ai_system", item.why)),
        Nature::Service if item.worded => Some(("ai_api", Some("its-own-words"))),
        Nature::Service | Nature::Software | Nature::File => None,
    };
    graph.items.iter().map(kind).collect()
}

/// Software and services that need or contain AI are entries too.
fn systems(graph: &Graph, kinds: &mut Kinds) {
    let artificial = |kinds: &Kinds, n: usize| matches!(kinds[n], Some((kind, _)) if kind != "dataset");
    let mut found: BTreeSet<usize> = BTreeSet::new();
    let direct = |kinds: &Kinds, nature: Nature| -> Vec<usize> {
        let near = graph.edges.iter().filter(|edge| matches!(edge.link, Link::Needs | Link::Contains));
        near.filter(|edge| graph.items[edge.from].nature == nature && artificial(kinds, edge.to))
            .filter(|edge| !(graph.items[edge.from].library && matches!(kinds[edge.to], Some(("ai_api", _)))))
            .map(|edge| edge.from)
            .filter(|from| kinds[*from].is_none())
            .collect()
    };
    // Services first: software that needs a service with a model behind it is a system, unless it is a mere part of others.
    for n in direct(kinds, Nature::Service) {
        kinds[n] = Some(("ai_api", Some("needs-a-model")));
    }
    found.extend(direct(kinds, Nature::Software));
    let subject = subject_that_reaches(graph, |n| artificial(kinds, n) || found.contains(&n));
    // What a property of ours says of the subject stands.
    found.extend(subject.filter(|subject| kinds[*subject].is_none()));
    for n in found {
        kinds[n] = Some((if graph.items[n].agent { "agent" } else { "ai_system" }, Some("needs-a-model")));
    }
}

/// The subject, when something of the AI kind can be reached from it, however far down.
fn subject_that_reaches(graph: &Graph, artificial: impl Fn(usize) -> bool) -> Option<usize> {
    let subject = graph.items.iter().position(|item| item.subject && item.nature == Nature::Software)?;
    let ways = ways(graph, |link| matches!(link, Link::Needs | Link::Contains));
    let mut seen = HashSet::from([subject]);
    let mut queue = VecDeque::from([subject]);
    while let Some(here) = queue.pop_front() {
        if here != subject && artificial(here) {
            return Some(subject);
        }
        queue.extend(
            ways.get(&here).into_iter().flatten().filter(|(next, _)| seen.insert(*next)).map(|(next, _)| *next),
        );
    }
    None
}

fn ways(graph: &Graph, wanted: impl Fn(Link) -> bool) -> HashMap<usize, Vec<(usize, usize)>> {
    let mut ways: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
    for (n, edge) in graph.edges.iter().enumerate().filter(|(_, edge)| wanted(edge.link)) {
        ways.entry(edge.from).or_default().push((edge.to, n));
    }
    ways
}

/// The graph with one more link, a concluded one, from each system to every entry that it needs through software that is
/// none.
fn through_others(graph: &Graph, kinds: &Kinds) -> Graph {
    /// Things looked at before the rest is left out; more than any real document has.
    const LOOKED_AT: usize = 2_000_000;
    let ways = ways(graph, |link| link == Link::Needs);
    let mut edges = graph.edges.clone();
    let mut left = LOOKED_AT;
    let softwares = |n: &usize| matches!(graph.items[*n].nature, Nature::Software | Nature::System | Nature::Service);
    for start in (0..graph.items.len()).filter(|n| kinds[*n].is_some()).filter(softwares) {
        let mut seen = HashSet::from([start]);
        let mut queue = VecDeque::from([start]);
        while let Some(here) = queue.pop_front() {
            for (next, edge) in ways.get(&here).into_iter().flatten() {
                left = left.saturating_sub(1);
                if left == 0 {
                    return Graph { items: graph.items.clone(), edges };
                }
                if !seen.insert(*next) {
                    continue;
                }
                if kinds[*next].is_none() {
                    queue.push_back(*next);
                } else if here != start {
                    let place = graph.edges[*edge].place;
                    edges.push(Edge { from: start, to: *next, link: Link::Needs, place, inferred: true });
                }
            }
        }
    }
    Graph { items: graph.items.clone(), edges }
}

/// What contains each thing directly.
fn wholes(graph: &Graph) -> HashMap<usize, Vec<usize>> {
    let mut wholes: HashMap<usize, Vec<usize>> = HashMap::new();
    for edge in graph.edges.iter().filter(|edge| edge.link == Link::Contains) {
        wholes.entry(edge.to).or_default().push(edge.from);
    }
    wholes
}

/// The entries that stand for each thing: itself, or the nearest entries that contain it.
fn standing_for(n: usize, kinds: &Kinds, wholes: &HashMap<usize, Vec<usize>>) -> Vec<usize> {
    /// Things looked at before giving up on one that is contained in very many.
    const LOOKED_AT: usize = 1_000;
    const STANDING: usize = 20;
    if kinds[n].is_some() {
        return vec![n];
    }
    let mut seen = HashSet::from([n]);
    let mut layer = vec![n];
    while !layer.is_empty() && seen.len() < LOOKED_AT {
        let next: Vec<usize> = layer
            .iter()
            .flat_map(|here| wholes.get(here).into_iter().flatten().copied())
            .filter(|whole| seen.insert(*whole))
            .collect();
        let entries: Vec<usize> = next.iter().copied().filter(|whole| kinds[*whole].is_some()).collect();
        if !entries.is_empty() {
            return entries.into_iter().take(STANDING).collect();
        }
        layer = next;
    }
    Vec::new()
}

fn relations(
    graph: &Graph,
    kinds: &Kinds,
    wholes: &HashMap<usize, Vec<usize>>,
    most: usize,
    words: impl Fn(usize) -> Vec<String>,
) -> Option<Vec<Related>> {
    /// Pairs looked at for each relation that there may be: links between files come down to few between packages.
    const PAIRS: usize = 50;
    let mut pairs = most.saturating_mul(PAIRS);
    let kind = |n: usize| kinds[n].map_or("", |(kind, _)| kind);
    let mut standing: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut related: Vec<Related> = Vec::new();
    let mut seen: HashMap<(usize, usize), Vec<Tie>> = HashMap::new();
    // What is said outright comes before what is concluded, and what a dataset is for before "depends on".
    let mut order: Vec<&Edge> = graph.edges.iter().collect();
    order.sort_by_key(|edge| {
        let last = match edge.link {
            Link::TrainedOn | Link::TestedOn => 0,
            Link::Data => 1,
            Link::Needs => 2,
            Link::Contains => 3,
        };
        (edge.inferred, last)
    });
    for edge in order {
        let from = standing.entry(edge.from).or_insert_with(|| standing_for(edge.from, kinds, wholes)).clone();
        let to = standing.entry(edge.to).or_insert_with(|| standing_for(edge.to, kinds, wholes)).clone();
        for &f in &from {
            for &t in to.iter().filter(|t| **t != f) {
                pairs = pairs.saturating_sub(1);
                if pairs == 0 || related.len() > most {
                    return None;
                }
                let lifted = f != edge.from || t != edge.to;
                let (a, tie, b, sure) = match edge.link {
                    Link::Contains if t != edge.to => continue,
                    Link::Contains => (t, Tie::PartOf, f, true),
                    Link::TrainedOn => (f, Tie::TrainedOn, t, true),
                    Link::TestedOn => (f, Tie::TestedOn, t, true),
                    Link::Data => (f, if for_testing(&words(t)) { Tie::TestedOn } else { Tie::TrainedOn }, t, false),
                    Link::Needs if kind(t) == "model" && kind(f) != "model" => (f, Tie::RunsOn, t, true),
                    Link::Needs => (f, Tie::DependsOn, t, true),
                };
                let known = seen.entry((a, b)).or_default();
                // A dependency says less than what it is for, and a model card less than "trained" or "tested".
                let weaker = (tie == Tie::DependsOn || edge.link == Link::Data) && !known.is_empty();
                if known.contains(&tie) || weaker {
                    continue;
                }
                known.push(tie);
                let inferred = edge.inferred || lifted || !sure;
                related.push(Related { from: a, to: b, tie, inferred, place: edge.place });
                // A system that holds a model runs on it.
                if tie == Tie::PartOf && kind(a) == "model" && !matches!(kind(b), "model" | "dataset") {
                    let known = seen.entry((b, a)).or_default();
                    if !known.contains(&Tie::RunsOn) {
                        known.push(Tie::RunsOn);
                        related.push(Related { from: b, to: a, tie: Tie::RunsOn, inferred: true, place: edge.place });
                    }
                }
            }
        }
    }
    related.sort_by_key(|related| (related.from, related.tie, related.to));
    Some(related)
}

fn for_testing(words: &[String]) -> bool {
    let says = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    says(&TESTING) && !says(&TRAINING)
}

/// Circles of needs, found by walking down and noticing what is still above. Each thing is walked once.
fn circles(graph: &Graph) -> Vec<Vec<usize>> {
    let ways = ways(graph, |link| link == Link::Needs);
    let mut found = Vec::new();
    let mut done = vec![false; graph.items.len()];
    let mut above = vec![false; graph.items.len()];
    for start in 0..graph.items.len() {
        if done[start] {
            continue;
        }
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        above[start] = true;
        while let Some((here, step)) = path.last_mut() {
            let here = *here;
            let next = ways.get(&here).and_then(|ways| ways.get(*step)).map(|(next, _)| *next);
            *step += 1;
            match next {
                Some(next) if above[next] => {
                    if found.len() < CIRCLES {
                        let begin = path.iter().position(|(n, _)| *n == next).unwrap_or_default();
                        found.push(path[begin..].iter().map(|(n, _)| *n).collect());
                    }
                }
                Some(next) if !done[next] => {
                    above[next] = true;
                    path.push((next, 0));
                }
                Some(_) => {}
                None => {
                    above[here] = false;
                    done[here] = true;
                    path.pop();
                }
            }
        }
    }
    found
}
