//! The values of a stored plan, each with the place where it stands.

use serde_json::{Map, Value};

/// The key of what is missing or no such value, with the keys around it.
pub(super) type Place = String;

pub(super) type Read<T> = Result<T, Place>;

/// An object of the plan, and where it stands.
pub(super) struct Fields<'a> {
    place: String,
    values: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(value: &'a Value, place: &str) -> Read<Self> {
        match value {
            Value::Object(values) => Ok(Self {
                place: place.to_owned(),
                values,
            }),
            _ => Err(place.to_owned()),
        }
    }

    pub(super) fn place(&self, key: &str) -> Place {
        if self.place.is_empty() {
            key.to_owned()
        } else {
            [&self.place, ".", key].concat()
        }
    }

    pub(super) fn get(&self, key: &str) -> Read<&'a Value> {
        self.values.get(key).ok_or_else(|| self.place(key))
    }

    pub(super) fn text(&self, key: &str) -> Read<String> {
        text(&self.place(key), self.get(key)?)
    }

    pub(super) fn index(&self, key: &str) -> Read<usize> {
        index(&self.place(key), self.get(key)?)
    }

    pub(super) fn tokens(&self, key: &str) -> Read<u32> {
        tokens(&self.place(key), self.get(key)?)
    }

    pub(super) fn number(&self, key: &str) -> Read<f64> {
        number(&self.place(key), self.get(key)?)
    }

    pub(super) fn truth(&self, key: &str) -> Read<bool> {
        self.get(key)?.as_bool().ok_or_else(|| self.place(key))
    }

    pub(super) fn optional_list<T>(
        &self,
        key: &str,
        read: fn(&str, &Value) -> Read<T>,
    ) -> Read<Vec<T>> {
        match self.values.get(key) {
            None => Ok(Vec::new()),
            Some(_) => self.list(key, read),
        }
    }

    pub(super) fn list<T>(&self, key: &str, read: fn(&str, &Value) -> Read<T>) -> Read<Vec<T>> {
        let items = self.get(key)?.as_array().ok_or_else(|| self.place(key))?;
        let mut all = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            all.push(read(&format!("{}[{at}]", self.place(key)), item)?);
        }
        Ok(all)
    }

    pub(super) fn optional<T>(
        &self,
        key: &str,
        read: fn(&str, &Value) -> Read<T>,
    ) -> Read<Option<T>> {
        match self.values.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(&self.place(key), value).map(Some),
        }
    }
}

pub(super) fn text(place: &str, value: &Value) -> Read<String> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| place.to_owned())
}

pub(super) fn number(place: &str, value: &Value) -> Read<f64> {
    value.as_f64().ok_or_else(|| place.to_owned())
}

pub(super) fn tokens(place: &str, value: &Value) -> Read<u32> {
    let number = value.as_u64();
    let number = number.and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| place.to_owned())
}

pub(super) fn index(place: &str, value: &Value) -> Read<usize> {
    value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok())
        .ok_or_else(|| place.to_owned())
}
