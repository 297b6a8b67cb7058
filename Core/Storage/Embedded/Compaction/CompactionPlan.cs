using System.Collections.Immutable;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;

namespace TimeSeries.Core.Storage.Embedded.Compaction;

/// <summary>Chooses which blocks of a kind are merged next.</summary>
internal static class CompactionPlan
{
    /// <summary>
    /// Blocks of a like size that are merged at one time: each sample is rewritten about once per factor of eight between a seal and a day.
    /// </summary>
    public const int Fan = 8;

    private const long DayMilliseconds = 86_400_000;
    private const long SmallestTierRows = 1 << 14;

    // Agents' queues and clocks: what comes later than this after its day finds the day merged and waits for company.
    private static readonly TimeSpan _dayEnds = TimeSpan.FromHours(1);

    /// <summary>Blocks to merge in the course of things: eight of a like size of one day, or what is left of a day that is over. Empty: none.</summary>
    public static ImmutableArray<Block> Next(ImmutableArray<Block> blocks, long now, long maxRows)
    {
        foreach (List<Block> day in Days(blocks))
        {
            ImmutableArray<Block> chosen = OfOneTier(day, maxRows);
            if (chosen.IsEmpty && (day[0].Entry.LastTime / DayMilliseconds + 1) * DayMilliseconds + (long)_dayEnds.TotalMilliseconds <= now)
            {
                chosen = Neighbours(day, maxRows, WorthIt);
            }

            if (!chosen.IsEmpty)
            {
                return chosen;
            }
        }

        return [];
    }

    /// <summary>Any blocks that may be merged. Empty: none.</summary>
    public static ImmutableArray<Block> Any(ImmutableArray<Block> blocks, long maxRows)
    {
        foreach (List<Block> day in Days(blocks))
        {
            ImmutableArray<Block> chosen = Neighbours(day, maxRows, _ => true);
            if (!chosen.IsEmpty)
            {
                return chosen;
            }
        }

        return [];
    }

    // Blocks that span the same days belong together; so one late sample does not pull a day's block into another day's.
    private static List<List<Block>> Days(ImmutableArray<Block> blocks)
    {
        SortedDictionary<(long First, long Last), List<Block>> days = [];
        foreach (Block block in blocks)
        {
            (long, long) key = (Day(block.Entry.FirstTime), Day(block.Entry.LastTime));
            if (!days.TryGetValue(key, out List<Block>? day))
            {
                days[key] = day = [];
            }

            day.Add(block);
        }

        return [.. days.Values];
    }

    private static long Day(long time) => Math.DivRem(time, DayMilliseconds).Quotient;

    private static ImmutableArray<Block> OfOneTier(List<Block> day, long maxRows)
    {
        Dictionary<int, List<Block>> tiers = [];
        foreach (Block block in day)
        {
            int tier = 0;
            for (long rows = SmallestTierRows; rows < block.Entry.RowCount; rows *= Fan)
            {
                tier++;
            }

            if (!tiers.TryGetValue(tier, out List<Block>? alike))
            {
                tiers[tier] = alike = [];
            }

            alike.Add(block);
            if (alike.Count < Fan)
            {
                continue;
            }

            if (alike.Sum(one => one.Entry.RowCount) <= maxRows)
            {
                return [.. alike];
            }

            // Blocks that are large enough stay as they are, and keep no smaller ones from being merged.
            alike.RemoveAt(0);
        }

        return [];
    }

    private static ImmutableArray<Block> Neighbours(List<Block> day, long maxRows, Func<List<Block>, bool> accept)
    {
        for (int first = 0; first + 1 < day.Count; first++)
        {
            List<Block> run = [];
            long rows = 0;
            for (int i = first; i < day.Count && run.Count < MergingRows.MaxSources && rows + day[i].Entry.RowCount <= maxRows; i++)
            {
                run.Add(day[i]);
                rows += day[i].Entry.RowCount;
            }

            if (run.Count > 1 && accept(run))
            {
                return [.. run];
            }
        }

        return [];
    }

    // A few late samples are not worth writing a whole day again.
    private static bool WorthIt(List<Block> run)
    {
        long largest = run.Max(block => block.Entry.RowCount);
        return run.Count >= Fan || run.Sum(block => block.Entry.RowCount) - largest >= largest / 4;
    }
}
