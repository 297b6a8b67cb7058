using TimeSeries.Fuzzing.Running;
using TimeSeries.Ingest.Protocols.Lines;

namespace TimeSeries.Fuzzing.Targets;

/// <summary>
/// A body of line protocol, behind a byte that names the unit of times. Each line is a sample, unmapped or bad, and there are no more than lines.
/// </summary>
internal sealed class LinesTarget : IFuzzTarget
{
    private readonly BuiltBatch _batch = new();
    private readonly LineDecoder _decoder = new();

    public int MaxBytes => 4 << 10;

    public IEnumerable<byte[]> Seeds => [];

    public IEnumerable<byte[]> Words => BuiltBatch.SchemaWords().Concat(InputMutator.LineWords);

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        _batch.Begin();
        _decoder.Decode(input[1..], (LinePrecision)(input[0] & 3), BuiltBatch.Now, _batch.Builder);
        int unmapped = 0;
        foreach (int count in _decoder.Unmapped.Values)
        {
            unmapped += count;
        }

        int told = _batch.Builder.RowCount + unmapped + _decoder.BadLines;
        int most = input[1..].Count((byte)'\n') + 1;
        OracleException.Require(told <= most, $"{told} samples and errors came of {most} lines.");
        OracleException.Require(_decoder.BadLines > 0 == _decoder.FirstError is not null, "Bad lines are counted and not told, or told and not counted.");
        _batch.Check();
    }
}
