using System.Collections.Immutable;
using System.Text.Json;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Rules;

namespace TimeSeries.Alerting.Silences;

/// <summary>The silences of all projects, with their files. Thread safe.</summary>
public sealed class SilenceBook : ISilences
{
    private const int Most = 1_000;

    // People look back at what was silenced over a weekend, and notifications ask what was when an alert ended, for a day.
    private static readonly TimeSpan _keptFor = TimeSpan.FromDays(5);

    private readonly DefinitionBook<Silence> _book;
    private readonly TimeProvider _clock;

    internal SilenceBook(DefinitionFiles files, TimeProvider clock)
    {
        _book = new DefinitionBook<Silence>(files, Most, static (_, json, name) => SilenceFormat.Read(json, name));
        _clock = clock;
    }

    /// <summary>The silences of a project, by id. As long as none changes it is the same object.</summary>
    public ImmutableSortedDictionary<string, Silence> Of(long pcode) => _book.Of(pcode);

    public Silence? Find(long pcode, string id) => _book.Find(pcode, id);

    /// <summary>A silence that covers an alert of these labels at a moment; of several, the one that ends last.</summary>
    public Silence? Find(long pcode, IReadOnlyDictionary<string, string> labels, DateTimeOffset at)
    {
        Silence? last = null;
        foreach (Silence silence in _book.Of(pcode).Values)
        {
            if ((last is null || silence.To > last.To) && silence.Covers(labels, at))
            {
                last = silence;
            }
        }

        return last;
    }

    /// <inheritdoc/>
    public string? FindActive(long pcode, IReadOnlyDictionary<string, string> labels, DateTimeOffset at) => Find(pcode, labels, at)?.Id;

    /// <summary>Reads a project's files. One that can't be read costs itself only.</summary>
    /// <returns>The files that can't be read, and why.</returns>
    public ImmutableArray<(string File, string Reason)> Load(long pcode) => _book.Load(pcode);

    /// <summary>Makes or replaces a silence, and drops those that ended long ago. It is durable when this returns.</summary>
    /// <exception cref="DefinitionException">It breaks the format, or the project has as many as it may.</exception>
    /// <exception cref="IOException">It can't be written, and nothing has changed.</exception>
    public Silence Put(long pcode, string id, JsonElement element)
    {
        Silence silence = SilenceFormat.Read(element, id);
        DateTimeOffset now = _clock.GetUtcNow();
        if (silence.To <= now)
        {
            throw new DefinitionException("to must be in the future; to end a silence, delete it.");
        }

        foreach (Silence ended in Of(pcode).Values.Where(kept => kept.To < now - _keptFor))
        {
            _book.Delete(pcode, ended.Id);
        }

        _book.Put(pcode, id, silence, DefinitionFiles.ToJson(json => SilenceFormat.WriteFields(json, silence)));
        return silence;
    }

    /// <summary>Whether a silence is <c>pending</c>, <c>active</c> or <c>expired</c>.</summary>
    public string StateOf(Silence silence)
    {
        ArgumentNullException.ThrowIfNull(silence);
        DateTimeOffset now = _clock.GetUtcNow();
        return now < silence.From ? "pending" : now < silence.To ? "active" : "expired";
    }

    /// <summary>Writes the fields of a silence into the object that is open.</summary>
    public static void WriteFields(Utf8JsonWriter json, Silence silence) => SilenceFormat.WriteFields(json, silence);

    /// <summary>Deletes a silence; false when there is none of this id.</summary>
    /// <exception cref="IOException">Its file can't be deleted, and nothing has changed.</exception>
    public bool Delete(long pcode, string id) => _book.Delete(pcode, id);
}
