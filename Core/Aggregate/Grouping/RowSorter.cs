using TimeSeries.Core.Aggregate.Measures;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Aggregate.Grouping;

/// <summary>
/// Sorts groups by an order's first term as plain integers where that is possible, so that the comparer is called only for groups that are equal in it.
/// </summary>
internal sealed class RowSorter(SampleQuery query, GroupTable groups, Accumulator[] states, IComparer<int> order)
{
    // For fewer groups that are equal in the first term, ranking all values costs more than comparing.
    private const int ManyTies = 64;

    private long[]? _tieKeys;

    // Whether groups of the same key may differ in the first term: texts that begin alike, or quotients with the same whole part.
    private bool _isCoarse;

    /// <summary>The first groups in the order, at most so many.</summary>
    public int[] First(int limit)
    {
        if (Keys() is not { } keys)
        {
            int[] rows = limit < groups.Count / 4 ? Best(All(), limit) : All();
            Array.Sort(rows, order);
            return rows.Length > limit ? rows[..limit] : rows;
        }

        int[] candidates = limit < groups.Count / 4 ? Candidates(keys, limit) : All();
        long[] sorted = Array.ConvertAll(candidates, group => keys[group]);
        Array.Sort(sorted, candidates);
        SortTies(sorted, candidates, limit);
        return candidates.Length > limit ? candidates[..limit] : candidates;
    }

    // An integer a group that ascends as the first term does; null where there is none.
    private long[]? Keys()
    {
        if (query.Order.IsEmpty)
        {
            return groups.Parts.Length > 0 ? KeysOf(0) : null;
        }

        OrderTerm term = query.Order[0];
        int windows = query.WindowMilliseconds > 0 ? 1 : 0;
        long[]? keys = term.By switch
        {
            OrderBy.Measure => KeysOf(states[term.Index]),
            OrderBy.Ratio or OrderBy.Mean => KeysOf(states[term.Index], states[term.Divisor], term.By),
            OrderBy.Key => KeysOf(term.Index + windows),
            OrderBy.Window when windows > 0 => KeysOf(0),
            _ => null,
        };
        for (int group = 0; keys is not null && term.Descending && group < keys.Length; group++)
        {
            keys[group] = ~keys[group];
        }

        return keys;
    }

    private long[]? KeysOf(Accumulator state)
    {
        long[] keys = new long[groups.Count];
        for (int group = 0; group < keys.Length; group++)
        {
            switch (state)
            {
                case CountAccumulator counts:
                    keys[group] = counts.Counts[group];
                    break;
                case MinMaxAccumulator extremes:
                    keys[group] = extremes.ValueOf(group);
                    break;
                case SumAccumulator { IsOfSquares: false } sums when sums.Sums[group] >= long.MinValue && sums.Sums[group] <= long.MaxValue:
                    keys[group] = (long)sums.Sums[group];
                    break;
                default:
                    return null;
            }
        }

        return keys;
    }

    // Whole parts of quotients. A group without values has no mean, and comes first.
    private long[]? KeysOf(Accumulator dividends, Accumulator divisors, OrderBy by)
    {
        _isCoarse = true;
        long[] keys = new long[groups.Count];
        for (int group = 0; group < keys.Length; group++)
        {
            if (!RowOrder.TrySmall(dividends, group, out long dividend) || !RowOrder.TrySmall(divisors, group, out long divisor) || divisor < 0)
            {
                return null;
            }

            keys[group] = divisor > 0 ? dividend / divisor : by == OrderBy.Mean ? NumberColumn.Missing : 0;
        }

        return keys;
    }

    // Values of a part are ranked where that is less work than comparing groups.
    private long[] KeysOf(int part)
    {
        GroupKeyColumn values = groups.Parts[part];
        _isCoarse = values.Count > groups.Count / 4;
        long[] ofValues = _isCoarse ? values.SortKeys() : Array.ConvertAll(RanksOf(values), rank => (long)rank);
        long[] keys = new long[groups.Count];
        for (int group = 0; group < keys.Length; group++)
        {
            keys[group] = ofValues[groups.ValueOf(group, part)];
        }

        return keys;
    }

    private static int[] RanksOf(GroupKeyColumn values)
    {
        int[] ids = new int[values.Count];
        for (int id = 0; id < ids.Length; id++)
        {
            ids[id] = id;
        }

        Array.Sort(ids, values.Compare);
        int[] ranks = new int[ids.Length];
        for (int rank = 0; rank < ids.Length; rank++)
        {
            ranks[ids[rank]] = rank;
        }

        return ranks;
    }

    // The groups that may be among the first: those whose key is not greater than the last wanted key.
    private static int[] Candidates(long[] keys, int limit)
    {
        // The greatest of the kept ones is on top.
        PriorityQueue<long, long> kept = new(limit);
        foreach (long key in keys)
        {
            if (kept.Count < limit)
            {
                kept.Enqueue(key, ~key);
            }
            else if (key < kept.Peek())
            {
                kept.DequeueEnqueue(key, ~key);
            }
        }

        long last = kept.Peek();
        List<int> candidates = new(limit * 2);
        for (int group = 0; group < keys.Length; group++)
        {
            if (keys[group] <= last)
            {
                candidates.Add(group);
            }
        }

        return [.. candidates];
    }

    private void SortTies(long[] keys, int[] rows, int limit)
    {
        for (int start = 0; start < Math.Min(limit, rows.Length);)
        {
            int end = start + 1;
            while (end < rows.Length && keys[end] == keys[start])
            {
                end++;
            }

            int wanted = Math.Min(end, limit) - start;
            if (wanted < (end - start) / 4)
            {
                Best(rows[start..end], wanted).CopyTo(rows, start);
                end = start + wanted;
            }

            SortTies(rows.AsSpan(start, end - start));
            start = end;
        }
    }

    private void SortTies(Span<int> rows)
    {
        if (rows.Length >= ManyTies && !_isCoarse && (_tieKeys ??= TieKeys() ?? []) is { Length: > 0 } ranks)
        {
            long[] keys = new long[rows.Length];
            for (int i = 0; i < keys.Length; i++)
            {
                keys[i] = ranks[rows[i]];
            }

            keys.AsSpan().Sort(rows);
            return;
        }

        rows.Sort(order);
    }

    // An integer a group that sorts as groups do that are equal in the first term; null where more than the key decides, or it would not fit.
    private long[]? TieKeys()
    {
        if (groups.Parts.Length < 2 || TieParts() is not { } parts)
        {
            return null;
        }

        long all = 1;
        foreach ((int part, bool _) in parts)
        {
            int count = Math.Max(1, groups.Parts[part].Count);
            if (all > long.MaxValue / count)
            {
                return null;
            }

            all *= count;
        }

        long[] keys = new long[groups.Count];
        foreach ((int part, bool descending) in parts)
        {
            int[] ranks = RanksOf(groups.Parts[part]);
            for (int group = 0; group < keys.Length; group++)
            {
                int rank = ranks[groups.ValueOf(group, part)];
                keys[group] = (keys[group] * ranks.Length) + (descending ? ranks.Length - 1 - rank : rank);
            }
        }

        return keys;
    }

    // The parts of the key by which groups are sorted that are equal in the first term: those that the order names, then the others.
    private List<(int Part, bool Descending)>? TieParts()
    {
        int windows = query.WindowMilliseconds > 0 ? 1 : 0;
        List<(int Part, bool Descending)> parts = [];
        foreach (OrderTerm term in query.Order.AsSpan()[Math.Min(1, query.Order.Length)..])
        {
            if (term.By is not (OrderBy.Key or OrderBy.Window))
            {
                return null;
            }

            int part = term.By == OrderBy.Key ? term.Index + windows : 0;
            if ((term.By == OrderBy.Key || windows > 0) && !parts.Exists(known => known.Part == part))
            {
                parts.Add((part, term.Descending));
            }
        }

        for (int part = 0; part < groups.Parts.Length; part++)
        {
            if (!parts.Exists(known => known.Part == part))
            {
                parts.Add((part, false));
            }
        }

        return parts;
    }

    private int[] All()
    {
        int[] rows = new int[groups.Count];
        for (int group = 0; group < rows.Length; group++)
        {
            rows[group] = group;
        }

        return rows;
    }

    // A heap of the best so far beats sorting everything when few rows are wanted.
    private int[] Best(int[] rows, int limit)
    {
        // The worst of the kept ones is on top.
        PriorityQueue<int, int> kept = new(limit, Comparer<int>.Create((x, y) => order.Compare(y, x)));
        foreach (int group in rows)
        {
            if (kept.Count < limit)
            {
                kept.Enqueue(group, group);
            }
            else
            {
                kept.EnqueueDequeue(group, group);
            }
        }

        int[] best = new int[limit];
        for (int i = 0; i < limit; i++)
        {
            best[i] = kept.Dequeue();
        }

        return best;
    }
}
