using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Alerting.Notifications;
using TimeSeries.Alerting.Rules;
using TimeSeries.Alerting.Silences;

namespace TimeSeries.Tests.Alerting.Rules;

/// <summary>Texts of rules, silences and receivers that are no Unicode.</summary>
internal sealed class DefinitionTextTests
{
    private static IEnumerable<byte[]> NoUnicode =>
    [
        "{\"name\":\"\\ud800\"}"u8.ToArray(), "{\"\\udc00\":1}"u8.ToArray(), [.. "{\"title\":\""u8, 0xFF, .. "\"}"u8],
        [.. "{\"labels\":{\"a"u8, 0xFF, .. "\":\"b\"}}"u8], "{\"query\":{\"by\":[\"\\ud800\"]}}"u8.ToArray(),
    ];

    [TestCaseSource(nameof(NoUnicode))]
    public void A_definition_with_a_text_that_is_no_Unicode_is_refused_by_a_sentence(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Multiple(() =>
        {
            Assert.That(() => RuleFormat.ReadStored(document.RootElement, "a", 1), Throws.TypeOf<DefinitionException>().With.Message.Contains("Unicode"));
            Assert.That(() => SilenceFormat.Read(document.RootElement, "a"), Throws.TypeOf<DefinitionException>().With.Message.Contains("Unicode"));
            Assert.That(() => ReceiverFormat.Read(document.RootElement, "a", ""), Throws.TypeOf<DefinitionException>().With.Message.Contains("Unicode"));
            Assert.That(() => BuiltinRules.Make("disk-filling", document.RootElement), Throws.TypeOf<DefinitionException>().With.Message.Contains("Unicode"));
        });
    }
}
