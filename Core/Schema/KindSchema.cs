using System.Collections.Immutable;

namespace TimeSeries.Core.Schema;

/// <summary>The declaration of one kind: its fields in column order and its rollups. Immutable and safe to share.</summary>
public sealed class KindSchema
{
    public const int Time = 0;
    public const int Oid = 1;
    public const int Oname = 2;
    public const int Okind = 3;
    public const int Onode = 4;

    private readonly Dictionary<string, Field> _byName;

    internal KindSchema(Kind kind, string name, ImmutableArray<Field> fields, Func<KindSchema, ImmutableArray<RollupSpec>> rollups)
    {
        Kind = kind;
        Name = name;
        Fields = [.. fields.Select((field, ordinal) => field with { Ordinal = ordinal })];
        _byName = Fields.ToDictionary(field => field.Name, StringComparer.Ordinal);
        Rollups = rollups(this);
    }

    public Kind Kind { get; }

    /// <summary>The name on the wire, in metrics and in responses.</summary>
    public string Name { get; }

    /// <summary>The fields; a field's index is its ordinal. The first five are the same in every kind: time, oid, oname, okind, onode.</summary>
    public ImmutableArray<Field> Fields { get; }

    public ImmutableArray<RollupSpec> Rollups { get; }

    /// <summary>The field of that name, or null.</summary>
    public Field? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The field of that name in UTF-8, or null.</summary>
    /// <param name="utf8Name">The name.</param>
    /// <param name="expected">The ordinal that is looked at first.</param>
    public Field? Find(ReadOnlySpan<byte> utf8Name, int expected = 0)
    {
        for (int i = 0; i < Fields.Length; i++)
        {
            Field field = Fields[(expected + i) % Fields.Length];
            if (utf8Name.SequenceEqual(field.Utf8Name.AsSpan()))
            {
                return field;
            }
        }

        return null;
    }

    /// <summary>The ordinal of a field that exists.</summary>
    public int Ordinal(string name) => _byName[name].Ordinal;
}

/// <summary>What a sample is about. The numeric value is stored in the log and in blocks and never changes.</summary>
public enum Kind : byte
{
    Transaction = 0,
    Sql = 1,
    Httpc = 2,
    Exception = 3,
    Thread = 4,
    Alert = 5,
    Event = 6,
}

/// <summary>A rollup that each block keeps of a kind: one row per key, holding these measures and nothing else.</summary>
/// <param name="Name">Name in metrics and documents.</param>
/// <param name="Keys">Ordinals of the key fields.</param>
/// <param name="Measures">
/// The measures kept per key. An apdex measure has no threshold here; the one that it was counted with is stored beside the rows,
/// and a query with another threshold reads the samples.
/// </param>
public sealed record RollupSpec(string Name, ImmutableArray<int> Keys, ImmutableArray<Measure> Measures)
{
    /// <summary>When set, only samples that have a value in this field are counted (a client address, an api key).</summary>
    public int? PresentField { get; init; }
}
