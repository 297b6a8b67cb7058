using System.Buffers;
using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>
/// The text of a field at the greatest time, then the greatest by its bytes. While a dictionary is being read a group remembers the code only;
/// the texts that are still the latest when it is left are copied.
/// </summary>
internal sealed class LatestTextAccumulator(Measure measure) : Accumulator
{
    private const int NoText = -1;

    // Texts that are no longer the latest of any group are thrown out when they may be half of all.
    private const int SmallestSweep = 1 << 20;

    private readonly GroupArray<long> _times = new(NumberColumn.Missing);

    // A code of _texts, NoText, or −2 − a code of _pending.
    private readonly GroupArray<int> _codes = new(NoText);
    private SymbolTable _texts = new();
    private SymbolView _pending = SymbolView.Empty;
    private int[] _pendingGroups = [];
    private int _pendingCount;
    private int _sweepBytes = SmallestSweep;

    public override long AllocatedBytes => _times.AllocatedBytes + _codes.AllocatedBytes + _texts.AllocatedBytes;

    /// <summary>The time of each group's text, or <see cref="NumberColumn.Missing"/>.</summary>
    public long[] Times => _times.Values;

    /// <summary>The latest text of a group of a finished state; empty when there is none.</summary>
    public ReadOnlySpan<byte> TextOf(int group) => _codes.Values[group] < 0 ? default : _texts[_codes.Values[group]];

    public override void Reserve(int groups)
    {
        _times.Reserve(groups);
        _codes.Reserve(groups);
    }

    public override void Add(RowBatch batch)
    {
        ReadOnlySpan<int> codes = batch.Chunk.Codes(measure.Field);
        SelectionVector selection = batch.Where(measure.Condition);
        if (!codes.IsEmpty)
        {
            UseDictionary(batch.Chunk.Symbols(measure.Field));
            Take(codes, batch.Chunk.Numbers(KindSchema.Time), selection.SelectedRows, selection.SelectedGroups);
        }
    }

    public override void Merge(Accumulator from, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        LatestTextAccumulator added = (LatestTextAccumulator)from;
        UseDictionary(added._texts.View());
        Take(added._codes.Values, added._times.Values, rows, groups);
    }

    public override void LeaveChunk()
    {
        int[] codes = _codes.Values;
        foreach (int group in _pendingGroups.AsSpan(0, _pendingCount))
        {
            codes[group] = _texts.Intern(_pending[-2 - codes[group]]);
        }

        _pendingCount = 0;
        _pending = SymbolView.Empty;
        if (_texts.TextBytes > _sweepBytes)
        {
            Sweep();
        }
    }

    public override void Finish(int groups) => LeaveChunk();

    public override void Clear(int groups)
    {
        _times.Clear(groups);
        _codes.Clear(groups);
        _pendingCount = 0;
        _pending = SymbolView.Empty;
        if (_texts.AllocatedBytes > SmallestSweep)
        {
            _texts = new SymbolTable();
        }
        else
        {
            _texts.Clear();
        }

        _sweepBytes = SmallestSweep;
    }

    public override void Write(ByteWriter writer, int groups, SymbolTable texts)
    {
        writer.WriteNumbers(_times.Values.AsSpan(0, groups));
        long[] rented = ArrayPool<long>.Shared.Rent(groups);
        Span<long> codes = rented.AsSpan(0, groups);
        for (int group = 0; group < groups; group++)
        {
            codes[group] = _codes.Values[group] < 0 ? NumberColumn.Missing : texts.Intern(TextOf(group));
        }

        writer.WriteNumbers(codes);
        ArrayPool<long>.Shared.Return(rented);
    }

    public override void ReserveForReading(int groups, SymbolTable texts)
    {
        _times.ReserveExactly(groups);
        _codes.ReserveExactly(groups);
        _texts = texts;
    }

    public override void Read(ref ByteReader reader, int first, int groups)
    {
        reader.ReadNumbers(_times.Values.AsSpan(first, groups));
        reader.ReadCodes(_codes.Values.AsSpan(first, groups), _texts.Count);
    }

    private void UseDictionary(SymbolView symbols)
    {
        if (!ReferenceEquals(_pending.Owner, symbols.Owner))
        {
            LeaveChunk();
        }

        _pending = symbols;
    }

    private void Take(ReadOnlySpan<int> valueCodes, ReadOnlySpan<long> valueTimes, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        long[] times = _times.Values;
        int[] codes = _codes.Values;
        for (int i = 0; i < rows.Length; i++)
        {
            int code = valueCodes[rows[i]];
            long time = valueTimes[rows[i]];
            int group = groups[i];
            if (code < 0 || time < times[group] || (time == times[group] && !IsGreater(code, codes[group])))
            {
                continue;
            }

            times[group] = time;
            if (codes[group] >= NoText)
            {
                AddPending(group);
            }

            codes[group] = -2 - code;
        }
    }

    private bool IsGreater(int pendingCode, int latest)
    {
        if (latest == NoText)
        {
            return true;
        }

        if (latest == -2 - pendingCode)
        {
            return false;
        }

        ReadOnlySpan<byte> text = latest >= 0 ? _texts[latest] : _pending[-2 - latest];
        return _pending[pendingCode].SequenceCompareTo(text) > 0;
    }

    private void AddPending(int group)
    {
        if (_pendingCount == _pendingGroups.Length)
        {
            Array.Resize(ref _pendingGroups, Math.Max(16, _pendingCount * 2));
        }

        _pendingGroups[_pendingCount++] = group;
    }

    private void Sweep()
    {
        SymbolTable texts = new();
        foreach (ref int code in _codes.Values.AsSpan())
        {
            code = code < 0 ? code : texts.Intern(_texts[code]);
        }

        _texts = texts;
        _sweepBytes = (int)Math.Clamp(texts.TextBytes * 2L, SmallestSweep, int.MaxValue);
    }
}
