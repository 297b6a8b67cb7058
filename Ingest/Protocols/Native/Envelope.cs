using System.Collections.Immutable;
using System.Text.Unicode;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Native.Layouts;
using TimeSeries.Ingest.Protocols.Native.Wire;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Native;

/// <summary>Reads the outermost map of a batch: agent, idempotency key, and samples by kind. Of equal keys the last wins.</summary>
internal static class Envelope
{
    private const int MaxIdBytes = 64;

    // By kind, as bytes: looked through for each key; there are a handful.
    private static readonly ImmutableArray<byte[]> _kindNames = [.. SampleSchema.All.Select(schema => System.Text.Encoding.UTF8.GetBytes(schema.Name))];

    /// <summary>Reads a whole body; null when it can be decoded.</summary>
    public static DecodeError? Read<TReader>(ref TReader reader, NativeRequest into, int bodyBytes)
        where TReader : struct, IWireReader, allows ref struct
    {
        WireType type = reader.Read();
        if (type != WireType.Map)
        {
            return reader.Refusal ?? new DecodeError("The body has to be one map.", 0, null);
        }

        DecodeError? idProblem = null;
        DecodeError? agentProblem = null;
        int left = reader.Count;
        while (reader.NextKey(ref left))
        {
            ReadOnlySpan<byte> name = reader.ReadKey() ? reader.Text : default;
            if (name.SequenceEqual("agent"u8))
            {
                agentProblem = into.Agent.Read(ref reader, into);
            }
            else if (name.SequenceEqual("id"u8))
            {
                idProblem = ReadId(ref reader, into);
            }
            else if (FindKind(name) is { } kind)
            {
                KindReader samples = into.Kind(kind);
                samples.Begin(bodyBytes);
                SampleLayouts.Read(ref reader, samples);
            }
            else
            {
                into.Unknown.Add("", name);
                reader.SkipInside(reader.Read());
            }
        }

        reader.ExpectEnd();
        return reader.Refusal ?? agentProblem ?? idProblem ?? End(into);
    }

    private static Kind? FindKind(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _kindNames.Length; i++)
        {
            if (name.SequenceEqual(_kindNames[i]))
            {
                return (Kind)i;
            }
        }

        return null;
    }

    private static DecodeError? ReadId<TReader>(ref TReader reader, NativeRequest into)
        where TReader : struct, IWireReader, allows ref struct
    {
        long position = reader.Position;
        into.Id.Clear();
        WireType type = reader.Read();
        reader.SkipInside(type);
        if (type == WireType.Null)
        {
            return null;
        }

        if (type is not (WireType.Text or WireType.Binary) || reader.Text.Length > MaxIdBytes || !Utf8.IsValid(reader.Text))
        {
            return new DecodeError($"id has to be a string of at most {MaxIdBytes} bytes of UTF-8.", position, "id");
        }

        into.Id.Set(reader.Text);
        return null;
    }

    private static DecodeError? End(NativeRequest into)
    {
        foreach (KindSchema schema in SampleSchema.All)
        {
            if (into.FindKind(schema.Kind)?.Problem is { } problem)
            {
                return problem;
            }
        }

        return into.Builder.RowCount > 0 ? null : new DecodeError("The batch has no sample.", null, null);
    }
}
