using System.Text.Json;
using NUnit.Framework;

namespace TimeSeries.Tests.Description;

/// <summary>The validator, by what it takes and what it refuses; from the keywords' definitions (json-schema.org, draft 2020-12).</summary>
internal sealed class SchemaValidatorTests
{
    [TestCase("""{"type":"string"}""", "\"a\"", "1")]
    [TestCase("""{"type":"integer"}""", "12", "1.5")]
    [TestCase("""{"type":"integer"}""", "170141183460469231731687303715884105727", "\"1\"")]
    [TestCase("""{"type":"integer"}""", "1.0", "null")]
    [TestCase("""{"type":"number"}""", "1.5", "true")]
    [TestCase("""{"type":"boolean"}""", "false", "0")]
    [TestCase("""{"type":"null"}""", "null", "0")]
    [TestCase("""{"type":"array"}""", "[]", "{}")]
    [TestCase("""{"type":["string","null"]}""", "null", "0")]
    [TestCase("""{"enum":["a","b"]}""", "\"b\"", "\"c\"")]
    [TestCase("""{"minimum":3}""", "3", "2.999")]
    [TestCase("""{"maximum":9223372036854775807}""", "9223372036854775807", "9223372036854775808")]
    [TestCase("""{"minLength":2}""", "\"ab\"", "\"a\"")]
    [TestCase("""{"maxLength":2}""", "\"\\uD83D\\uDE00\\uD83D\\uDE00\"", "\"abc\"")]
    [TestCase("""{"pattern":"^a+$"}""", "\"aa\"", "\"ab\"")]
    [TestCase("""{"format":"int32"}""", "-2147483648", "2147483648")]
    [TestCase("""{"format":"int64"}""", "-1", "9223372036854775808")]
    [TestCase("""{"format":"uuid"}""", "\"550e8400-e29b-41d4-a716-446655440000\"", "\"550e8400e29b41d4a716446655440000\"")]
    [TestCase("""{"format":"date"}""", "\"2024-02-29\"", "\"2023-02-29\"")]
    [TestCase("""{"format":"date-time"}""", "\"2024-02-29T00:00:00.5+05:30\"", "\"2024-02-29 00:00:00\"")]
    [TestCase("""{"items":{"type":"integer"}}""", "[1,2]", "[1,\"2\"]")]
    [TestCase("""{"maxItems":1}""", "[1]", "[1,2]")]
    [TestCase("""{"required":["a"]}""", """{"a":1}""", """{"b":1}""")]
    [TestCase("""{"properties":{"a":{"type":"string"}}}""", """{"a":"x","b":1}""", """{"a":1}""")]
    [TestCase("""{"properties":{"a":{}},"additionalProperties":false}""", """{"a":1}""", """{"a":1,"b":1}""")]
    [TestCase("""{"additionalProperties":{"type":"string"}}""", """{"b":"x"}""", """{"b":1}""")]
    [TestCase("""{"type":"object"}""", """{"a":1}""", """{"a":1,"a":1}""")]
    [TestCase("""{"maxProperties":1}""", """{"a":1}""", """{"a":1,"b":1}""")]
    [TestCase("""{"anyOf":[{"type":"string"},{"minimum":3,"type":"integer"}]}""", "3", "2")]
    [TestCase("""{"$ref":"#/components/schemas/Name"}""", "\"abc\"", "\"abcd\"")]
    public void A_keyword_takes_what_it_allows_and_refuses_what_it_does_not(string schema, string right, string wrong) => Assert.Multiple(() =>
    {
        Assert.That(Faults(right, schema), Is.Empty);
        Assert.That(Faults(wrong, schema), Is.Not.Empty);
    });

    [Test]
    public void A_fault_deep_inside_is_named_by_its_place() => Assert.That(
        Faults("""{"rows":[{"n":1},{"n":"x"}]}""", """{"properties":{"rows":{"items":{"properties":{"n":{"type":"integer"}}}}}}"""),
        Does.StartWith("$.rows[1].n:"));

    [TestCase("""{"multipleOf":2}""")]
    [TestCase("""{"properties":{"a":{"const":1}}}""")]
    [TestCase("""{"items":{"minItems":1}}""")]
    [TestCase("""{"anyOf":[{"not":{}}]}""")]
    [TestCase("""{"additionalProperties":{"oneOf":[]}}""")]
    [TestCase("""{"format":"email"}""")]
    [TestCase("""{"type":"float"}""")]
    [TestCase("""{"$ref":"#/components/schemas/Nobody"}""")]
    public void What_is_not_checked_is_an_error(string schema) =>
        Assert.That(() => Validator().RequireKnown(JsonElement.Parse(schema)), Throws.TypeOf<NotSupportedException>());

    [Test]
    public void A_value_is_never_held_against_a_keyword_that_is_not_checked() =>
        Assert.That(() => Faults("1", """{"multipleOf":2}"""), Throws.TypeOf<NotSupportedException>());

    private static string Faults(string value, string schema) => Validator().Faults(JsonElement.Parse(value), JsonElement.Parse(schema));

    private static SchemaValidator Validator() => new(JsonElement.Parse("""{"components":{"schemas":{"Name":{"type":"string","maxLength":3}}}}"""));
}
