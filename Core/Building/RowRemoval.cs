using System.Buffers;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Building;

/// <summary>Takes rows out of columns, keeping the order of the others. A column left without any value goes too.</summary>
internal static class RowRemoval
{
    /// <summary>Removes rows (ascending, each once) of a kind from a batch: for the committer, which finds the duplicates of alerts.</summary>
    public static void Remove(ValidBatch batch, Kind kind, ReadOnlySpan<int> rows)
    {
        if (rows.IsEmpty || batch.Find(kind) is not { } table)
        {
            return;
        }

        int[] kept = ArrayPool<int>.Shared.Rent(table.RowCount);
        int keptCount = 0;
        int next = 0;
        for (int row = 0; row < table.RowCount; row++)
        {
            if (next < rows.Length && rows[next] == row)
            {
                next++;
            }
            else
            {
                kept[keptCount++] = row;
            }
        }

        Keep(table, kept.AsSpan(0, keptCount));
        ArrayPool<int>.Shared.Return(kept);
    }

    /// <summary>Removes the rows of a table that have a mark; rows behind the marks have none.</summary>
    public static void RemoveMarked(SampleTable table, ReadOnlySpan<ushort> marks)
    {
        int[] kept = ArrayPool<int>.Shared.Rent(table.RowCount);
        int keptCount = 0;
        for (int row = 0; row < table.RowCount; row++)
        {
            if (row >= marks.Length || marks[row] == 0)
            {
                kept[keptCount++] = row;
            }
        }

        Keep(table, kept.AsSpan(0, keptCount));
        ArrayPool<int>.Shared.Return(kept);
    }

    private static void Keep(SampleTable table, ReadOnlySpan<int> rows)
    {
        if (rows.IsEmpty)
        {
            table.Clear();
            return;
        }

        for (int field = 0; field < table.Schema.Fields.Length; field++)
        {
            if (table.FindNumbers(field) is { } numbers)
            {
                Gather(numbers.Edit(), rows);
                numbers.Truncate(rows.Length);
                RemoveWhere(table, field, numbers.Values.IndexOfAnyExcept(NumberColumn.Missing) < 0);
            }
            else if (table.FindTexts(field) is { } texts)
            {
                Gather(texts.Edit(), rows);
                texts.Truncate(rows.Length);
                RemoveWhere(table, field, texts.Codes.IndexOfAnyExcept(TextColumn.Missing) < 0);
            }
        }

        table.RowCount = rows.Length;
    }

    private static void Gather<T>(Span<T> values, ReadOnlySpan<int> rows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            values[i] = values[rows[i]];
        }
    }

    private static void RemoveWhere(SampleTable table, int field, bool isEmpty)
    {
        if (isEmpty)
        {
            table.Remove(field);
        }
    }
}
