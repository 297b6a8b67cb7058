using System.Globalization;

namespace TimeSeries.Simulation.History;

/// <summary>
/// Whether each read of a history can be explained by some order of the writes. Each key has one writer that writes 1, 2, 3 and so on, so what a read sees of a
/// key is explained when it is such a sequence, each value once, that has everything acknowledged before the read began and everything that a read saw which
/// had ended before, and nothing that was sent after the read had ended. One pass over the history finds what is not.
/// </summary>
internal static class HistoryChecker
{
    /// <summary>The reads that can't be explained, a sentence each; empty when all can.</summary>
    public static IReadOnlyList<string> FindUnexplained(IReadOnlyList<HistoryEvent> events)
    {
        List<string> faults = [];
        Dictionary<string, KeyState> keys = new(StringComparer.Ordinal);
        Dictionary<int, Dictionary<string, long>> open = [];
        foreach (HistoryEvent moment in events)
        {
            switch (moment.Kind)
            {
                case HistoryEventKind.WriteBegins:
                    StateOf(keys, moment.Key).Sent = Math.Max(StateOf(keys, moment.Key).Sent, moment.Value);
                    break;
                case HistoryEventKind.WriteAcknowledged:
                    StateOf(keys, moment.Key).Known = Math.Max(StateOf(keys, moment.Key).Known, moment.Value);
                    break;
                case HistoryEventKind.ReadBegins:
                    open[moment.Operation] = keys.ToDictionary(key => key.Key, key => key.Value.Known, StringComparer.Ordinal);
                    break;
                case HistoryEventKind.ReadEnds:
                    open.Remove(moment.Operation, out Dictionary<string, long>? least);
                    CheckRead(moment, least!, keys, faults);
                    break;
                case HistoryEventKind.ReadFails:
                    open.Remove(moment.Operation);
                    faults.Add(string.Create(CultureInfo.InvariantCulture, $"read {moment.Operation} has no result: {moment.Fault}"));
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(events), moment.Kind, "It is no kind.");
            }
        }

        return faults;
    }

    private static void CheckRead(HistoryEvent read, Dictionary<string, long> least, Dictionary<string, KeyState> keys, List<string> faults)
    {
        foreach ((string key, KeyState state) in keys)
        {
            SeenValues seen = read.Seen!.GetValueOrDefault(key);
            long known = least.GetValueOrDefault(key);
            string? fault = !seen.IsWhole ? $"{seen.Count} values with the sum {seen.Sum}, the greatest {seen.Greatest}"
                : seen.Greatest < known ? $"through {seen.Greatest}, where {known} was acknowledged or seen before it began"
                : seen.Greatest > state.Sent ? $"through {seen.Greatest}, where {state.Sent} was sent last"
                : null;
            if (fault is not null)
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"read {read.Operation} saw of {key} {fault}"));
            }

            // What was seen once is seen by every read that begins from now on.
            state.Known = Math.Max(state.Known, Math.Min(seen.Greatest, state.Sent));
        }
    }

    private static KeyState StateOf(Dictionary<string, KeyState> keys, string key) =>
        keys.TryGetValue(key, out KeyState? state) ? state : keys[key] = new KeyState();

    private sealed class KeyState
    {
        public long Sent { get; set; }

        // Acknowledged, or seen by a read that has ended.
        public long Known { get; set; }
    }
}
