using TimeSeries.Core.Building;
using TimeSeries.Ingest.Protocols.Native.Wire;

namespace TimeSeries.Ingest.Protocols.Native.Layouts;

/// <summary>Reads the names of a table's fields.</summary>
internal static class TableFields
{
    // Many times the fields of any kind; more can only be meant to cost memory.
    private const int MaxFields = 1_024;

    /// <summary>Reads the next value, all of it, into the sink's table columns; false when it is not an array of names.</summary>
    public static bool Read<TReader>(ref TReader reader, KindReader sink)
        where TReader : struct, IWireReader, allows ref struct
    {
        List<FieldBuilder?> columns = sink.TableColumns;
        columns.Clear();
        WireType type = reader.Read();
        if (type != WireType.Array)
        {
            reader.SkipInside(type);
            return false;
        }

        bool areNames = true;
        int left = reader.Count;
        while (reader.NextValue(ref left))
        {
            WireType name = reader.Read();
            areNames &= columns.Count < MaxFields && (name is WireType.Text or WireType.Binary or WireType.MalformedText);
            if (areNames)
            {
                columns.Add(Find(name == WireType.MalformedText ? default : reader.Text, sink));
            }

            reader.SkipInside(name);
        }

        return areNames;
    }

    private static FieldBuilder? Find(ReadOnlySpan<byte> name, KindReader sink)
    {
        int ordinal = sink.Names.Find(name);
        if (ordinal < 0)
        {
            sink.AddUnknown(name);
            return null;
        }

        // Of equal names the last wins, as of equal keys.
        FieldBuilder column = sink.Column(ordinal);
        int earlier = sink.TableColumns.IndexOf(column);
        if (earlier >= 0)
        {
            sink.TableColumns[earlier] = null;
        }

        return column;
    }
}
