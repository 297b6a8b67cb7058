using System.Buffers;
using System.Text;
using MessagePack;
using TimeSeries.Fuzzing.Running;
using TimeSeries.Ingest.Protocols.Native;
using TimeSeries.Ingest.Protocols.Native.Wire;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Fuzzing.Targets;

/// <summary>
/// A body of <c>/ingest/v1/batch</c>. What is taken must be one whole value for another reader too: System.Text.Json's document, and MessagePack's reader.
/// </summary>
internal sealed class NativeTarget(BodyFormat format) : IFuzzTarget, IDisposable
{
    private static readonly string[] _keys =
        ["id", "agent", "agents", "oid", "oname", "okind", "onode", "samples", "fields", "rows", "columns", "dictionary", "codes", "packed", "@", "time"];

    // Types of MessagePack, some with lengths that lie.
    private static readonly byte[][] _heads =
    [
        .. Enumerable.Range(MessagePackCode.Nil, 32).Select(head => (byte[])[(byte)head]), [MessagePackCode.MinFixMap], [MessagePackCode.MinFixArray],
        [MessagePackCode.Array16, 0, 1], [MessagePackCode.Array32, 0xFF, 0xFF, 0xFF, 0xFF], [MessagePackCode.Map32, 0x7F, 0xFF, 0xFF, 0xFF],
        [MessagePackCode.Bin32, 0xFF, 0xFF, 0xFF, 0xFF], [MessagePackCode.FixExt4, 0xFF], [MessagePackCode.FixExt8, 0xFF], [MessagePackCode.Ext8, 12, 0xFF],
        .. InputMutator.Numbers,
    ];

    private readonly BuiltBatch _batch = new();
    private readonly NativeRequest _request = new();

    public int MaxBytes => 16 << 10;

    public IEnumerable<byte[]> Seeds => [];

    public IEnumerable<byte[]> Words => BuiltBatch.SchemaWords().Concat(_keys.Select(Encoding.UTF8.GetBytes))
        .Select(word => format == BodyFormat.Json ? [(byte)'"', .. word, (byte)'"', (byte)':'] : (byte[])[(byte)(0xA0 | (word.Length & 31)), .. word])
        .Concat(format == BodyFormat.Json ? InputMutator.JsonWords : _heads);

    public void Run(ReadOnlySpan<byte> input)
    {
        _batch.Begin();
        DecodeError? error = BatchDecoder.Decode(input, format, _request, _batch.Builder);
        if (error is null)
        {
            _batch.Check();
            bool isTaken = format == BodyFormat.Json ? OtherJson.IsObject(input) : IsMessagePack(input);
            OracleException.Require(isTaken, "A body is taken that another reader refuses.");
        }
        else
        {
            OracleException.Require(error.ByteOffset is null || (error.ByteOffset >= 0 && error.ByteOffset <= input.Length),
                $"The place {error.ByteOffset} of an error is outside of the body.");
        }
    }

    public void Dispose() => _request.Dispose();

    private static bool IsMessagePack(ReadOnlySpan<byte> body)
    {
        try
        {
            MessagePackReader reader = new(new ReadOnlySequence<byte>(body.ToArray()));
            if (reader.NextMessagePackType != MessagePackType.Map)
            {
                return false;
            }

            reader.Skip();
            return reader.End;
        }
        catch (Exception refusal) when (refusal is MessagePackSerializationException or EndOfStreamException)
        {
            return false;
        }
    }
}
