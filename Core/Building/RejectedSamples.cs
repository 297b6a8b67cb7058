using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Building;

/// <summary>
/// The samples of one batch that are rejected, by kind and index on the wire; one error a sample (that of its first field in schema order).
/// Costs nothing while nothing is rejected. Not thread safe.
/// </summary>
public sealed class RejectedSamples
{
    // One mark a row: the field's ordinal + 1 in the high byte (0: the whole row), the reason in the low one. 0 means not rejected.
    private readonly ushort[]?[] _marks = new ushort[]?[SampleSchema.All.Length];
    private readonly int[] _counts = new int[SampleSchema.All.Length];

    // The values found in the first of them, by index: of all that a response may list, and of no others.
    private readonly SortedList<int, string?>?[] _values = new SortedList<int, string?>?[SampleSchema.All.Length];

    /// <summary>Most errors that a response lists.</summary>
    public const int MostListed = 100;

    /// <summary>How many samples are rejected, exactly.</summary>
    public int Total
    {
        get
        {
            int total = 0;
            foreach (int count in _counts)
            {
                total += count;
            }

            return total;
        }
    }

    /// <summary>How many samples of a kind are rejected.</summary>
    public int CountOf(Kind kind) => _counts[(int)kind];

    /// <summary>Whether the sample at that index is rejected.</summary>
    public bool Contains(Kind kind, int index) => _marks[(int)kind] is { } marks && index < marks.Length && marks[index] != 0;

    /// <summary>Counts the rejected samples of a kind by reason, for metrics; the span is indexed by <see cref="RejectReason"/>.</summary>
    public void CountReasons(Kind kind, Span<int> counts)
    {
        foreach (ushort mark in Marks(kind))
        {
            counts[(byte)mark]++;
        }

        counts[0] = 0;
    }

    /// <summary>The first error of a kind that has a reason; null when there is none.</summary>
    public SampleError? Find(Kind kind, RejectReason reason)
    {
        ReadOnlySpan<ushort> marks = Marks(kind);
        for (int i = 0; i < marks.Length; i++)
        {
            if ((byte)marks[i] == (byte)reason)
            {
                return ErrorAt(SampleSchema.Of(kind), i, marks[i]);
            }
        }

        return null;
    }

    /// <summary>The first errors, ordered by kind, then index.</summary>
    public IReadOnlyList<SampleError> List(int limit)
    {
        List<SampleError> errors = [];
        foreach (KindSchema schema in SampleSchema.All)
        {
            ReadOnlySpan<ushort> marks = Marks(schema.Kind);
            for (int i = 0; i < marks.Length && errors.Count < limit; i++)
            {
                if (marks[i] != 0)
                {
                    errors.Add(ErrorAt(schema, i, marks[i]));
                }
            }
        }

        return errors;
    }

    /// <summary>
    /// Whether a response may show a value of this sample: its error would be among the first of its kind, and the field holds no secrets. Values are made into
    /// text for these alone.
    /// </summary>
    internal bool Shows(Kind kind, int index, Field field) => !field.IsSecret && IsListed(kind, index);

    /// <summary>
    /// Rejects a sample; <paramref name="field"/> is the ordinal at fault or -1 for the whole row. Of several errors the lowest field stays. The value is what
    /// was found there; null where <see cref="Shows"/> is false, or where there is none.
    /// </summary>
    internal void Add(Kind kind, int index, int field, RejectReason reason, string? value = null)
    {
        ref ushort[]? marks = ref _marks[(int)kind];
        if (marks is null || index >= marks.Length)
        {
            Array.Resize(ref marks, Math.Max(index + 1, (marks?.Length ?? 32) * 2));
        }

        ushort old = marks[index];
        if (old == 0)
        {
            _counts[(int)kind]++;
        }
        else if (old >> 8 <= field + 1)
        {
            return;
        }

        marks[index] = (ushort)((field + 1) << 8 | (byte)reason);
        if (IsListed(kind, index))
        {
            Keep(kind, index, value);
        }
    }

    private SampleError ErrorAt(KindSchema schema, int index, ushort mark)
    {
        Field? field = mark >> 8 == 0 ? null : schema.Fields[(mark >> 8) - 1];
        string? value = _values[(int)schema.Kind]?.GetValueOrDefault(index);
        return new SampleError(schema.Kind, index, field?.Name, RejectReasonText.Of((RejectReason)(byte)mark, field), value);
    }

    private bool IsListed(Kind kind, int index) => _values[(int)kind] is not { Count: >= MostListed } kept || index <= kept.GetKeyAtIndex(kept.Count - 1);

    private void Keep(Kind kind, int index, string? value)
    {
        SortedList<int, string?> kept = _values[(int)kind] ??= [];
        kept[index] = value;
        if (kept.Count > MostListed)
        {
            kept.RemoveAt(kept.Count - 1);
        }
    }

    internal ReadOnlySpan<ushort> Marks(Kind kind) => _counts[(int)kind] == 0 ? [] : _marks[(int)kind];

    internal void Clear(Kind kind)
    {
        if (_counts[(int)kind] > 0)
        {
            _counts[(int)kind] = 0;
            _values[(int)kind]?.Clear();

            // What one hostile batch blew up is not worth keeping.
            if (_marks[(int)kind]!.Length > 1 << 20)
            {
                _marks[(int)kind] = null;
            }
            else
            {
                Array.Clear(_marks[(int)kind]!);
            }
        }
    }

    internal void Clear()
    {
        foreach (KindSchema schema in SampleSchema.All)
        {
            Clear(schema.Kind);
        }
    }
}

/// <summary>Why one sample was rejected, as the response lists it.</summary>
/// <param name="Kind">The sample's kind.</param>
/// <param name="Index">Its index among the samples of its kind in the body, from 0.</param>
/// <param name="Field">The field at fault; null when it is the row as a whole.</param>
/// <param name="Reason">What would have been right.</param>
/// <param name="Value">What was found, at most 64 code points; null where there is no value, or none that may be shown.</param>
public sealed record SampleError(Kind Kind, int Index, string? Field, string Reason, string? Value = null);

/// <summary>The samples of one batch that had a text cut to its limit, by kind and index on the wire.</summary>
internal sealed class TruncatedSamples
{
    private readonly HashSet<int>[] _rows = [.. SampleSchema.All.Select(_ => new HashSet<int>())];

    public void Add(Kind kind, int row) => _rows[(int)kind].Add(row);

    /// <summary>How many of a kind's cut samples are kept.</summary>
    public int CountKept(Kind kind, RejectedSamples rejected)
    {
        int kept = 0;
        foreach (int row in _rows[(int)kind])
        {
            kept += rejected.Contains(kind, row) ? 0 : 1;
        }

        return kept;
    }

    public void Clear(Kind kind) => _rows[(int)kind].Clear();

    public void Clear()
    {
        foreach (HashSet<int> rows in _rows)
        {
            rows.Clear();
        }
    }
}
