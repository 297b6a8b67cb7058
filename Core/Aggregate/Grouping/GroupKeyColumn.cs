using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Grouping;

/// <summary>One part of a group's key: numbers each distinct value, in the order of arrival.</summary>
internal abstract class GroupKeyColumn
{
    /// <summary>How many numbers were given.</summary>
    public abstract int Count { get; }

    public abstract long AllocatedBytes { get; }

    /// <summary>Writes the number of each selected row's value.</summary>
    public abstract void Map(IColumnChunk chunk, SelectionVector selection, Span<int> ids);

    /// <summary>The value behind a number, of a part that holds numbers.</summary>
    public abstract long Number(int id);

    /// <summary>The text behind a number, of a part that holds texts; empty when missing.</summary>
    public abstract ReadOnlySpan<byte> Text(int id);

    public abstract bool IsMissing(int id);

    /// <summary>Compares the values behind two numbers: missing first, numbers by value, texts by their bytes.</summary>
    public abstract int Compare(int left, int right);

    /// <summary>An integer for each number given, which is never smaller than that of a value which sorts before it.</summary>
    public virtual long[] SortKeys()
    {
        long[] keys = new long[Count];
        for (int id = 0; id < keys.Length; id++)
        {
            keys[id] = Number(id);
        }

        return keys;
    }

    /// <summary>Writes the values of groups as a column; <paramref name="ids"/> has a number a row.</summary>
    public abstract void Fill(GroupKeys columns, ReadOnlySpan<int> ids);

    public abstract void Clear();

    /// <summary>Clears everything, also which chunks were read, for the next query. What was returned before must not be used any more.</summary>
    public virtual void Reset() => Clear();

    public static GroupKeyColumn Of(KindSchema schema, GroupField group) =>
        schema.Fields[group.Field].IsText ? new TextKeyColumn(group.Field)
        : group.Bins is { } bins ? new BinKeyColumn(group.Field, bins)
        : new NumberKeyColumn(group.Field, group.MissingAs);
}
