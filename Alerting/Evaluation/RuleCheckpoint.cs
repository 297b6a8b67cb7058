using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using TimeSeries.Core.Files;

namespace TimeSeries.Alerting.Evaluation;

/// <summary>
/// How far the rules of a project are, in <c>{directory}/{pcode}/state.json</c>, so that a start need not go back further. The recorded alerts say more where
/// they are newer, and the file may be lost. For one caller at a time.
/// </summary>
internal sealed partial class RuleCheckpoint(IFileSystem files, AlertingDirectory directory, ILogger<RuleCheckpoint> logger)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    private readonly HashSet<long> _failed = [];

    /// <summary>What was saved last; empty when there is nothing that can be read.</summary>
    public ImmutableDictionary<string, SavedRule> Load(long pcode)
    {
        string path = PathOf(pcode);
        if (!files.Exists(path))
        {
            return ImmutableDictionary<string, SavedRule>.Empty;
        }

        try
        {
            using IFile file = files.Open(path, FileAccess.Read);
            byte[] bytes = new byte[file.Length];
            SavedRule[] rules = JsonSerializer.Deserialize<SavedRule[]>(bytes.AsSpan(0, file.Read(bytes, 0)), _json) ?? [];
            return rules.ToImmutableDictionary(rule => rule.Name);
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            LogUnreadable(path, fault.Message);
            return ImmutableDictionary<string, SavedRule>.Empty;
        }
    }

    /// <summary>Saves how far rules are. Says in the log when that fails, which costs no more than a longer start.</summary>
    public void Save(long pcode, IEnumerable<RuleRuntime> rules)
    {
        SavedRule[] saved = [.. rules.Select(SavedRule.Of)];
        try
        {
            string path = PathOf(pcode);
            files.CreateDirectory(Path.GetDirectoryName(path)!);
            files.Replace(path, JsonSerializer.SerializeToUtf8Bytes(saved, _json));
            _failed.Remove(pcode);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (_failed.Add(pcode))
            {
                LogUnwritable(PathOf(pcode), fault.Message);
            }
        }
    }

    private string PathOf(long pcode) => Path.Combine(directory.Path, pcode.ToString(CultureInfo.InvariantCulture), "state.json");

    [LoggerMessage(5003, LogLevel.Warning, "{Path} can't be read, so that rules are evaluated from longer ago: {Reason}")]
    private partial void LogUnreadable(string path, string reason);

    [LoggerMessage(5004, LogLevel.Warning, "{Path} can't be written, so that the next start evaluates rules from longer ago: {Reason}")]
    private partial void LogUnwritable(string path, string reason);
}

/// <summary>How far a rule was.</summary>
internal sealed record SavedRule(string Name, int Revision, long NextTime, ImmutableArray<SavedGroup> Groups)
{
    public static SavedRule Of(RuleRuntime rule)
    {
        RuleProgress progress = rule.Progress;
        int parts = rule.Stored.Rule.Query.By.Length;
        return new SavedRule(rule.Stored.Rule.Name, rule.Stored.Revision, progress.NextTime, [.. progress.Groups.Select(group => SavedGroup.Of(group, parts))]);
    }
}

/// <summary>Where a group stood.</summary>
/// <param name="Labels">The values of the fields, cut as in labels.</param>
/// <param name="Group">The group's text where the labels are cut; else null.</param>
/// <param name="PendingSince">As in <see cref="GroupState"/>.</param>
/// <param name="FiringSince">As in <see cref="GroupState"/>.</param>
/// <param name="FailingSince">As in <see cref="GroupState"/>.</param>
/// <param name="Value">As in <see cref="GroupState"/>.</param>
internal sealed record SavedGroup(
    ImmutableArray<string?> Labels, string? Group, long PendingSince, long? FiringSince, long? FailingSince, string Value)
{
    public static SavedGroup Of(GroupState state, int parts) => new(
        [.. Enumerable.Range(0, parts).Select(state.Key.Label)], state.Key.IsCut ? state.Key.Text : null,
        state.PendingSince, state.FiringSince, state.FailingSince, state.Value);

    public GroupState ToState(double threshold) => new()
    {
        Key = GroupKey.Of(Labels, Group),
        PendingSince = PendingSince,
        FiringSince = FiringSince,
        FailingSince = FailingSince,
        Value = Value,
        Threshold = threshold,
    };
}
