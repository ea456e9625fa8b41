//! What a document is counted and filtered by.

use domain::register::Topic;
use domain::register::topic::UNKNOWN;
use std::borrow::Cow;

/// Values of topics, each once. A document has dozens, and an index is filled with many documents: they stand in one list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets(Vec<(Topic, Cow<'static, str>)>);

impl Facets {
    /// Takes a value in, once however often it is said.
    pub fn add(&mut self, topic: Topic, value: impl AsRef<str> + Into<Cow<'static, str>>) {
        if !self.has(topic, value.as_ref()) {
            self.0.push((topic, value.into()));
        }
    }

    /// Says of those of these topics of which nothing is known that it is not known.
    pub fn fill(&mut self, topics: impl Iterator<Item = Topic>) {
        for topic in topics {
            if self.of(topic).next().is_none() {
                self.0.push((topic, Cow::Borrowed(UNKNOWN)));
            }
        }
    }

    /// The values of a topic.
    pub fn of(&self, topic: Topic) -> impl Iterator<Item = &str> {
        self.iter().filter(move |(of, _)| *of == topic).map(|(_, value)| value)
    }

    /// Whether it is counted under this value.
    pub fn has(&self, topic: Topic, value: &str) -> bool {
        self.of(topic).any(|known| known == value)
    }

    /// All values, in the order in which they were said.
    pub fn iter(&self) -> impl Iterator<Item = (Topic, &str)> {
        self.0.iter().map(|(topic, value)| (*topic, &**value))
    }
}
