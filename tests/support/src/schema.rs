//! As much of JSON Schema as the schemas of the documents need.

use serde_json::Value as Json;

/// What of a document does not fit a schema; nothing where all does. Keys that no property names do not fit either.
#[must_use]
pub fn misfit(schema: &Json, document: &Json) -> Option<String> {
    part(schema, schema, document, "")
}

fn part(schema: &Json, root: &Json, value: &Json, at: &str) -> Option<String> {
    let wrong = |what: &str| Some(format!("{at}: {what}: {value}"));
    if let Some(reference) = schema["$ref"].as_str() {
        return match root.pointer(reference.trim_start_matches('#')) {
            Some(target) => part(target, root, value, at),
            None => wrong("the schema names what it does not have"),
        };
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let misfits: Vec<String> = choices.iter().filter_map(|choice| part(choice, root, value, at)).collect();
        return (misfits.len() + 1 != choices.len()).then(|| misfits.join("; "));
    }
    if schema.get("const").is_some_and(|wanted| wanted != value) {
        return wrong("another constant");
    }
    if schema["enum"].as_array().is_some_and(|list| !list.contains(value)) {
        return wrong("not in the list");
    }
    let is = |name: &Json| match name.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_u64(),
        Some("null") => value.is_null(),
        _ => false,
    };
    let fits = match &schema["type"] {
        Json::Null => true,
        Json::Array(names) => names.iter().any(is),
        name => is(name),
    };
    if !fits {
        return wrong("another type");
    }
    if let Some(object) = value.as_object() {
        let mut required = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str);
        if let Some(missing) = required.find(|key| !object.contains_key(*key)) {
            return wrong(&format!("{missing} is missing"));
        }
        let properties = schema["properties"].as_object()?;
        return object.iter().find_map(|(key, inner)| match properties.get(key) {
            Some(property) => part(property, root, inner, &format!("{at}/{key}")),
            None => wrong(&format!("{key} is not described")),
        });
    }
    let items = value.as_array().into_iter().flatten().enumerate();
    let items = items.filter_map(|(place, item)| Some((schema.get("items")?, place, item)));
    items.into_iter().find_map(|(items, place, item)| part(items, root, item, &format!("{at}/{place}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_does_not_fit_is_told_with_its_place() {
        let schema = json!({
            "type": "object",
            "required": ["a"],
            "properties": {
                "a": { "type": "array", "items": { "$ref": "#/$defs/b" } },
                "c": { "type": ["object", "null"], "required": ["d"], "properties": { "d": { "const": 1 } } },
            },
            "$defs": { "b": { "oneOf": [{ "type": "boolean" }, { "enum": ["x"] }] } },
        });
        assert_eq!(misfit(&schema, &json!({ "a": [true, "x"], "c": { "d": 1 } })), None);
        assert_eq!(misfit(&schema, &json!({ "a": [], "c": null })), None);
        let wrong = |document: Json| misfit(&schema, &document).unwrap_or_default();
        assert_eq!(wrong(json!({})), ": a is missing: {}");
        assert!(wrong(json!({ "a": [true, "y"] })).contains("/a/1"));
        assert_eq!(wrong(json!({ "a": [], "c": { "d": 2 } })), "/c/d: another constant: 2");
        assert_eq!(wrong(json!({ "a": [], "e": 1 })), ": e is not described: {\"a\":[],\"e\":1}");
        assert_eq!(wrong(json!({ "a": 1 })), "/a: another type: 1");
    }
}
