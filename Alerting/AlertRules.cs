using System.Collections.Immutable;
using System.Text.Json;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Alerting;

/// <summary>The rules of projects, for those who look at them and change them: the API and the page. Thread safe.</summary>
public sealed class AlertRules
{
    // The name of a rule that is only tried.
    private const string Unnamed = "test";

    private readonly RuleBook _book;
    private readonly RuleEngine _engine;
    private readonly RuleEditor _manager;
    private readonly BackTest _backTest;

    internal AlertRules(RuleBook book, RuleEngine engine, RuleEditor manager, BackTest backTest) =>
        (_book, _engine, _manager, _backTest) = (book, engine, manager, backTest);

    /// <summary>The names of the rules that come with the server.</summary>
    public static IEnumerable<string> Builtin => BuiltinRules.Names;

    /// <summary>The rules of a project, by name.</summary>
    public ImmutableArray<RuleView> List(long pcode) => [.. _book.List(pcode).Select(View)];

    /// <summary>A rule; null when there is none of that name.</summary>
    public RuleView? Find(long pcode, string name) => _book.Find(pcode, name) is { } stored ? View(stored) : null;

    /// <summary>Makes or changes a rule. What fires of one that is changed is resolved; one that says the same already goes on.</summary>
    /// <exception cref="DefinitionException">It breaks the format, or asks for what there is not.</exception>
    public Task<RuleChange> PutAsync(long pcode, string name, JsonElement rule, CancellationToken cancellationToken) =>
        _manager.PutAsync(pcode, RuleFormat.Read(rule, name), cancellationToken);

    /// <summary>Makes a rule of one that comes with the server.</summary>
    /// <param name="pcode">The project.</param>
    /// <param name="name">Its name.</param>
    /// <param name="overrides">Fields in place of its own; undefined for none.</param>
    /// <param name="cancellationToken">Of the caller.</param>
    /// <exception cref="DefinitionException">As of <see cref="PutAsync"/>.</exception>
    public async Task<RuleChange> PutBuiltinAsync(long pcode, string name, JsonElement overrides, CancellationToken cancellationToken) =>
        BuiltinRules.Make(name, overrides) is { } rule
            ? await _manager.PutAsync(pcode, rule, cancellationToken)
            : new RuleChange(
                RuleChangeOutcome.NotFound, null, $"There is no rule \"{name}\" that comes with the server; there are {string.Join(", ", Builtin)}.");

    /// <summary>Removes a rule; what fires is resolved.</summary>
    public Task<RuleChange> RemoveAsync(long pcode, string name, CancellationToken cancellationToken) =>
        _manager.RemoveAsync(pcode, name, cancellationToken);

    /// <summary>What a rule would have raised, by what the store has now. Writes nothing.</summary>
    /// <exception cref="DefinitionException">As of <see cref="PutAsync"/>.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public Task<BackTestResult> BackTestAsync(
        long pcode, JsonElement rule, TimeRange range, TimeSpan longest, CancellationToken cancellationToken) =>
        _backTest.RunAsync(pcode, Read(rule), range, longest, cancellationToken);

    /// <summary>Reads a rule.</summary>
    /// <exception cref="DefinitionException">It breaks the format.</exception>
    public static AlertRule Read(JsonElement rule) =>
        RuleFormat.Read(rule, rule.ValueKind == JsonValueKind.Object && rule.TryGetProperty("name", out _) ? null : Unnamed);

    /// <summary>Writes the fields of a rule into the object that is open.</summary>
    public static void WriteFields(Utf8JsonWriter json, AlertRule rule) => RuleFormat.WriteFields(json, rule);

    private RuleView View(StoredRule stored)
    {
        RuleRuntime? runtime = _engine.Find(stored.Pcode, stored.Rule.Name);
        return new RuleView(
            stored, runtime?.Health ?? new RuleHealth { Note = "The rule waits for the store since the start." },
            [.. (runtime?.Progress.Groups ?? []).Select(state => new GroupView(
                Transitions.LabelsOf(stored.Rule, state.Key), Transitions.TitleOf(stored.Rule, state), state.IsFiring, state.Value,
                state.FiringSince ?? state.PendingSince, state.PendingSince))
                .OrderBy(group => !group.IsFiring).ThenBy(group => group.Since)]);
    }
}

/// <summary>A rule and how it fares. Immutable.</summary>
/// <param name="Stored">The rule.</param>
/// <param name="Health">How it fares.</param>
/// <param name="Groups">The groups that fire, then those that are pending, each from the oldest.</param>
public sealed record RuleView(StoredRule Stored, RuleHealth Health, ImmutableArray<GroupView> Groups);

/// <summary>A group that is pending or firing. Immutable.</summary>
/// <param name="Labels">Its labels, without <c>state</c>.</param>
/// <param name="Title">The title of its alert.</param>
/// <param name="IsFiring">Whether it fires; else it is pending.</param>
/// <param name="Value">The value at the last evaluation, as it is shown.</param>
/// <param name="Since">Since when it is so, in ms.</param>
/// <param name="PendingSince">Since when the condition holds, in ms.</param>
public sealed record GroupView(
    ImmutableSortedDictionary<string, string> Labels, string Title, bool IsFiring, string Value, long Since, long PendingSince);
