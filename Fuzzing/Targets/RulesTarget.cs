using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Notifications;
using TimeSeries.Alerting.Rules;
using TimeSeries.Alerting.Silences;
using TimeSeries.Fuzzing.Running;

namespace TimeSeries.Fuzzing.Targets;

/// <summary>
/// The file of a rule, a silence or a receiver. One that is taken is written and read again, and is the same then. A rule's texts are filled in, and what it
/// asks is read as the engine does.
/// </summary>
internal sealed class RulesTarget : IFuzzTarget, IDisposable
{
    private const string Name = "fuzzed";
    private const int MostGroups = 100;

    private static readonly string[] _words =
    [
        "\"name\":", "\"query\":", "\"kind\":", "\"measure\":", "\"by\":", "\"where\":", "\"window\":", "\"minCount\":", "\"condition\":", "\"operator\":",
        "\"threshold\":", "\"resolveThreshold\":", "\"baseline\":", "\"factor\":", "\"minDays\":", "\"for\":", "\"keepFiringFor\":", "\"every\":",
        "\"noData\":", "\"severity\":", "\"source\":", "\"title\":", "\"labels\":", "\"annotations\":", "\"revision\":", "\"changedAt\":", "\"matchers\":",
        "\"label\":", "\"glob\":", "\"equals\":", "\"from\":", "\"to\":", "\"url\":", "\"secret\":", "\"minSeverity\":", "p95(elapsed)",
        "avg(elapsed)", "{value}",
    ];

    private static readonly ImmutableDictionary<string, string> _labels =
        ImmutableDictionary<string, string>.Empty.Add("service", "/cart").Add("rule", Name).Add("empty", "");

    private readonly QueryApplication _application = new();
    private readonly IRuleReader _reader;

    public RulesTarget() => _reader = _application.Services.GetRequiredService<IRuleReader>();

    public int MaxBytes => 8 << 10;

    public IEnumerable<byte[]> Seeds => [];

    public IEnumerable<byte[]> Words => BuiltBatch.SchemaWords().Concat(InputMutator.JsonWords).Concat(_words.Select(Encoding.UTF8.GetBytes));

    public void Run(ReadOnlySpan<byte> input)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(input.ToArray());
        }
        catch (JsonException)
        {
            return;
        }

        using (document)
        {
            Try(() => RunRule(document.RootElement));
            Try(() => RunSilence(document.RootElement));
            Try(() => RunReceiver(document.RootElement));
        }
    }

    public void Dispose() => _application.Dispose();

    // A sentence for whoever wrote the file.
    private static void Try(Action run)
    {
        try
        {
            run();
        }
        catch (DefinitionException refusal)
        {
            OracleException.Require(refusal.Message.Length > 0, "A file is refused without a reason.");
        }
    }

    private void RunRule(JsonElement element)
    {
        StoredRule stored = RuleFormat.ReadStored(element, Name, BuiltBatch.Pcode);
        byte[] written = RuleFormat.WriteStored(stored);
        using JsonDocument again = JsonDocument.Parse(written);
        StoredRule read = Read(() => RuleFormat.ReadStored(again.RootElement, Name, BuiltBatch.Pcode));
        OracleException.Require(RuleFormat.WriteStored(read).AsSpan().SequenceEqual(written), "A rule that is written and read is another.");
        _ = RuleTemplate.Fill(stored.Rule.Title + stored.Rule.Source + stored.Rule.Description, name => name);
        string? wrong = _reader.TryRead(BuiltBatch.Pcode, stored.Rule.Query, [stored.Rule.Query.Measure], MostGroups, out RuleScan? scan);
        OracleException.Require(wrong is null == scan is not null, "What a rule asks is neither refused nor read.");
        if (scan is not null)
        {
            using RuleOutcome outcome = _reader.QueryAsync([scan.Query], RuleLane.Request, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
    }

    private static void RunSilence(JsonElement element)
    {
        Silence silence = SilenceFormat.Read(element, Name);
        byte[] written = DefinitionFiles.ToJson(json => SilenceFormat.WriteFields(json, silence));
        using JsonDocument again = JsonDocument.Parse(written);
        Silence read = Read(() => SilenceFormat.Read(again.RootElement, Name));
        OracleException.Require(DefinitionFiles.ToJson(json => SilenceFormat.WriteFields(json, read)).AsSpan().SequenceEqual(written),
            "A silence that is written and read is another.");
        foreach (LabelMatcher matcher in silence.Matchers)
        {
            matcher.Matches(_labels);
        }
    }

    private static void RunReceiver(JsonElement element)
    {
        Receiver receiver = ReceiverFormat.Read(element, Name, "");
        byte[] written = ReceiverFormat.ToFile(receiver);
        using JsonDocument again = JsonDocument.Parse(written);
        Receiver read = Read(() => ReceiverFormat.Read(again.RootElement, Name, ""));
        OracleException.Require(ReceiverFormat.ToFile(read).AsSpan().SequenceEqual(written), "A receiver that is written and read is another.");
        _ = DefinitionFiles.ToJson(json => ReceiverFormat.WriteShownFields(json, receiver));
    }

    private static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DefinitionException refusal)
        {
            throw new OracleException($"What was taken and written is refused: {refusal.Message}");
        }
    }
}
