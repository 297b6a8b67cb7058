using TimeSeries.Ingest.Protocols.Native.Wire;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Native.Layouts;

/// <summary>Tells the forms of samples apart and reads them: an array of maps, a table, or a map of columns.</summary>
internal static class SampleLayouts
{
    /// <summary>Reads the next value, all of it, as the samples of a kind. What is wrong with them as a whole is left in the sink.</summary>
    public static void Read<TReader>(ref TReader reader, KindReader sink)
        where TReader : struct, IWireReader, allows ref struct
    {
        long position = reader.Position;
        switch (reader.Read())
        {
            case WireType.Null:
                break;
            case WireType.Array:
                SampleRows.ReadMaps(ref reader, sink);
                break;
            case WireType.Map:
                ReadMap(ref reader, sink);
                break;
            default:
                sink.Problem = new DecodeError(
                    $"{sink.Schema.Name} must be an array of samples, a table, or a map of columns.", position, sink.Schema.Name);
                break;
        }
    }

    private static void ReadMap<TReader>(ref TReader reader, KindReader sink)
        where TReader : struct, IWireReader, allows ref struct
    {
        TReader inside = reader;
        sink.Map.Read(ref reader);
        if (sink.Map.HasRepeatedColumns && reader.Refusal is null)
        {
            // The first of equal keys has left its marks: read again, and the last only.
            sink.Restart();
            sink.Map.ReadLast(ref inside);
            reader = inside;
        }
    }
}
