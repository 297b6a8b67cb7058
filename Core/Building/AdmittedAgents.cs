using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Security.Cryptography;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Building;

/// <summary>
/// The agents that projects had samples of, since midnight UTC or the start: a bound on how many of them there may be holds back what makes up names. An agent
/// is an id with a name. Takes some 60 bytes for each. Thread safe.
/// </summary>
/// <param name="most">Most agents of a project in a day.</param>
public sealed class AdmittedAgents(int most)
{
    private const long DayMilliseconds = 86_400_000;

    // Names that somebody chooses must not meet in the table.
    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
    private readonly ConcurrentDictionary<long, AgentsOfDay> _projects = [];

    /// <summary>Whether a project may have samples of an agent: it had some today, or there is room for one more.</summary>
    public bool TryAdmit(long pcode, int oid, ReadOnlySpan<byte> oname, Timestamp now) => Of(pcode, now).TryAdmit(KeyOf(oid, oname), most);

    /// <summary>Rejects the samples of agents for which there is no room, unless something else is wrong with them.</summary>
    internal void Check(SampleTable table, RejectedSamples rejected, long pcode, Timestamp now)
    {
        ReadOnlySpan<long> oids = table.FindNumbers(KindSchema.Oid) is { } numbers ? numbers.Values : [];
        TextColumn? names = table.FindTexts(KindSchema.Oname);
        if (oids.IsEmpty && names is null)
        {
            return;
        }

        AgentsOfDay agents = Of(pcode, now);
        ReadOnlySpan<int> codes = names is null ? [] : names.Codes;
        (long Oid, int Code, bool IsAdmitted) last = (NumberColumn.Missing, TextColumn.Missing, true);
        for (int row = 0; row < table.RowCount; row++)
        {
            long oid = row < oids.Length ? oids[row] : NumberColumn.Missing;
            int code = row < codes.Length ? codes[row] : TextColumn.Missing;
            if ((oid, code) != (last.Oid, last.Code))
            {
                if (rejected.Contains(table.Schema.Kind, row))
                {
                    continue;
                }

                ReadOnlySpan<byte> name = code == TextColumn.Missing ? [] : names!.Symbols[code];
                last = (oid, code, agents.TryAdmit(KeyOf((int)oid, name), most));
            }

            if (!last.IsAdmitted)
            {
                Field field = table.Schema.Fields[KindSchema.Oname];
                string? value = code != TextColumn.Missing && rejected.Shows(table.Schema.Kind, row, field) ? FoundValue.Of(names!.Symbols[code]) : null;
                rejected.Add(table.Schema.Kind, row, KindSchema.Oname, RejectReason.TooManyAgents, value);
            }
        }
    }

    private ulong KeyOf(int oid, ReadOnlySpan<byte> oname) => XxHash3.HashToUInt64(oname, _seed + oid);

    private AgentsOfDay Of(long pcode, Timestamp now)
    {
        long day = now.Milliseconds / DayMilliseconds;
        AgentsOfDay agents = _projects.GetOrAdd(pcode, static (_, day) => new AgentsOfDay(day), day);
        if (day > agents.Day && _projects.TryUpdate(pcode, new AgentsOfDay(day), agents))
        {
            agents = _projects[pcode];
        }

        return agents;
    }

    private sealed class AgentsOfDay(long day)
    {
        private readonly ConcurrentDictionary<ulong, byte> _keys = [];
        private int _count;

        public long Day => day;

        public bool TryAdmit(ulong key, int most)
        {
            if (_keys.ContainsKey(key))
            {
                return true;
            }

            if (Interlocked.Increment(ref _count) > most || !_keys.TryAdd(key, 0))
            {
                Interlocked.Decrement(ref _count);
                return _keys.ContainsKey(key);
            }

            return true;
        }
    }
}
