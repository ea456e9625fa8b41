//! A list is read again: which of its entries are those that it named before.
//!
//! The list's own number says so, unless the names say plainly that it is a mere counter: lists are numbered anew when
//! a row is put in above. Else vendor, name and product do. No entry is taken for two.

use std::collections::{BTreeMap, BTreeSet};

/// What an entry is known by within a list; all of it folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Face {
    /// The list's own numbers for it.
    pub numbers: BTreeSet<String>,
    /// Its name.
    pub name: String,
    /// Whose it is, as the list says.
    pub vendor: String,
    /// Of which product.
    pub product: String,
    /// All that the list says of it, where that was looked up: tells entries apart that are called alike.
    pub said: Option<String>,
}

/// For each entry that the list names now, which of those that it named before it is.
pub fn rejoin(known: &[Face], now: &[Face]) -> Vec<Option<usize>> {
    let mut pairs = Pairs { found: vec![None; now.len()], taken: vec![false; known.len()] };
    pairs.by_number(known, now, |known, now| known.name == now.name);
    let whole = |face: &Face| Some((face.name.clone(), face.vendor.clone(), face.product.clone(), face.said.clone()?));
    pairs.in_order(known, now, whole);
    let names = |faces: &[Face], free: &dyn Fn(usize) -> bool| -> BTreeSet<String> {
        faces.iter().enumerate().filter(|(n, _)| free(*n)).map(|(_, face)| face.name.clone()).collect()
    };
    let standing = names(known, &|n| !pairs.taken[n]);
    let coming = names(now, &|n| pairs.found[n].is_none());
    pairs.by_number(known, now, |known, now| !coming.contains(&known.name) && !standing.contains(&now.name));
    pairs.in_order(known, now, |face| Some((face.name.clone(), face.vendor.clone(), face.product.clone())));
    pairs.alone(known, now);
    pairs.by_number(known, now, |_, _| true);
    pairs.found
}

struct Pairs {
    found: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Pairs {
    fn pair(&mut self, k: usize, n: usize) {
        self.found[n] = Some(k);
        self.taken[k] = true;
    }

    fn by_number(&mut self, known: &[Face], now: &[Face], fits: impl Fn(&Face, &Face) -> bool) {
        let mut by_number: BTreeMap<&str, Option<usize>> = BTreeMap::new();
        for (k, face) in known.iter().enumerate().filter(|(k, _)| !self.taken[*k]) {
            for number in &face.numbers {
                // A number that two have tells nothing.
                by_number.entry(number).and_modify(|one| *one = None).or_insert(Some(k));
            }
        }
        for (n, face) in now.iter().enumerate() {
            let of_number = |number: &String| by_number.get(number.as_str()).copied().flatten();
            let fitting = |k: &usize| !self.taken[*k] && fits(&known[*k], face);
            if self.found[n].is_none()
                && let Some(k) = face.numbers.iter().filter_map(of_number).find(fitting)
            {
                self.pair(k, n);
            }
        }
    }

    /// Those of one key are paired in their order.
    fn in_order<K: Ord>(&mut self, known: &[Face], now: &[Face], key: impl Fn(&Face) -> Option<K>) {
        let mut by_key: BTreeMap<K, Vec<usize>> = BTreeMap::new();
        for (k, face) in known.iter().enumerate().rev().filter(|(k, _)| !self.taken[*k]) {
            if let Some(key) = key(face) {
                by_key.entry(key).or_default().push(k);
            }
        }
        for (n, face) in now.iter().enumerate() {
            if self.found[n].is_none()
                && let Some(k) = key(face).and_then(|key| by_key.get_mut(&key)?.pop())
            {
                self.pair(k, n);
            }
        }
    }

    /// One of that name is left on either side: its vendor or product was corrected.
    fn alone(&mut self, known: &[Face], now: &[Face]) {
        let mut sides: BTreeMap<&str, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (k, face) in known.iter().enumerate().filter(|(k, _)| !self.taken[*k]) {
            sides.entry(&face.name).or_default().0.push(k);
        }
        for (n, face) in now.iter().enumerate().filter(|(n, _)| self.found[*n].is_none()) {
            sides.entry(&face.name).or_default().1.push(n);
        }
        let alone: Vec<(usize, usize)> = sides
            .into_values()
            .filter_map(|sides| match (&sides.0[..], &sides.1[..]) {
                ([k], [n]) => Some((*k, *n)),
                _ => None,
            })
            .collect();
        for (k, n) in alone {
            self.pair(k, n);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Face, rejoin};

    fn faces(list: &[(&str, &str)]) -> Vec<Face> {
        let face = |(number, name): &(&str, &str)| Face {
            numbers: (!number.is_empty()).then(|| (*number).to_owned()).into_iter().collect(),
            name: (*name).to_owned(),
            ..Face::default()
        };
        list.iter().map(face).collect()
    }

    #[test]
    fn a_number_stands_for_a_renamed_entry() {
        let (known, now) =
            (faces(&[("1", "ada"), ("2", "bea")]), faces(&[("2", "beate"), ("1", "ada"), ("3", "cleo")]));
        assert_eq!(rejoin(&known, &now), [Some(1), Some(0), None]);
    }

    #[test]
    fn a_number_that_merely_counts_rows_stands_for_nothing() {
        let known = faces(&[("1", "ada"), ("2", "bea"), ("3", "cleo")]);
        let now = faces(&[("1", "zoe"), ("2", "ada"), ("3", "bea"), ("4", "cleo")]);
        assert_eq!(rejoin(&known, &now), [None, Some(0), Some(1), Some(2)]);
    }

    #[test]
    fn without_numbers_name_vendor_and_product_do() {
        let mut known = faces(&[("", "ada"), ("", "ada"), ("", "bea")]);
        let mut now = faces(&[("", "ada"), ("", "ada"), ("", "bea")]);
        (known[0].vendor, known[1].vendor) = ("north".to_owned(), "south".to_owned());
        (now[0].vendor, now[1].vendor) = ("south".to_owned(), "north".to_owned());
        now[2].product = "desk".to_owned();
        assert_eq!(rejoin(&known, &now), [Some(1), Some(0), Some(2)], "and a corrected product makes no other entry");
    }

    #[test]
    fn those_called_alike_are_known_by_what_is_said_of_them() {
        let (mut known, mut now) = (faces(&[("", "a"), ("", "a"), ("", "a")]), faces(&[("", "a"), ("", "a")]));
        for (face, said) in known.iter_mut().zip(["x", "y", "z"]) {
            face.said = Some(said.to_owned());
        }
        for (face, said) in now.iter_mut().zip(["x", "z"]) {
            face.said = Some(said.to_owned());
        }
        assert_eq!(rejoin(&known, &now), [Some(0), Some(2)]);
    }
}
