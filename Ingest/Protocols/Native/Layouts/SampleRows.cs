using TimeSeries.Core.Building;
using TimeSeries.Ingest.Protocols.Native.Wire;

namespace TimeSeries.Ingest.Protocols.Native.Layouts;

/// <summary>Reads samples that are maps of names to values, and rows of a table.</summary>
internal static class SampleRows
{
    /// <summary>Reads the array of maps whose head was read last.</summary>
    public static void ReadMaps<TReader>(ref TReader reader, KindReader sink)
        where TReader : struct, IWireReader, allows ref struct => Read(ref reader, sink, isTable: false);

    /// <summary>Reads the array of arrays whose head was read last; the sink has their columns.</summary>
    public static void ReadTable<TReader>(ref TReader reader, KindReader sink)
        where TReader : struct, IWireReader, allows ref struct
    {
        sink.SetWidth(sink.TableColumns.Count);
        Read(ref reader, sink, isTable: true);
    }

    private static void Read<TReader>(ref TReader reader, KindReader sink, bool isTable)
        where TReader : struct, IWireReader, allows ref struct
    {
        WireType row = isTable ? WireType.Array : WireType.Map;
        int left = reader.Count;
        while (reader.NextValue(ref left))
        {
            if (!sink.HasRoom)
            {
                reader.Refuse(sink.OutOfProportion(reader.Position));
                return;
            }

            WireType type = reader.Read();
            if (type != row)
            {
                reader.SkipInside(type);
                sink.RejectRow(RejectReason.NotASample);
            }
            else if (isTable)
            {
                ReadTableRow(ref reader, sink);
            }
            else
            {
                ReadMap(ref reader, sink);
            }

            sink.EndRow();
        }
    }

    private static void ReadMap<TReader>(ref TReader reader, KindReader sink)
        where TReader : struct, IWireReader, allows ref struct
    {
        int place = 0;
        int left = reader.Count;
        while (reader.NextKey(ref left))
        {
            int fields = sink.Keys.Count;
            int ordinal = sink.Keys.Read(ref reader, sink.Names, ref place);
            if (sink.Keys.Count != fields)
            {
                sink.SetWidth(sink.Keys.Count);
                if (!sink.HasRoom)
                {
                    reader.Refuse(sink.OutOfProportion(reader.Position));
                    return;
                }
            }

            if (ordinal >= 0)
            {
                sink.ReadValue(ref reader, sink.Column(ordinal));
            }
            else
            {
                SkipUnknown(ref reader, sink);
            }
        }
    }

    private static void SkipUnknown<TReader>(ref TReader reader, KindReader sink)
        where TReader : struct, IWireReader, allows ref struct
    {
        sink.AddUnknown(reader.Text);
        reader.SkipInside(reader.Read());
    }

    private static void ReadTableRow<TReader>(ref TReader reader, KindReader sink)
        where TReader : struct, IWireReader, allows ref struct
    {
        List<FieldBuilder?> columns = sink.TableColumns;
        int width = 0;
        int left = reader.Count;
        while (reader.NextValue(ref left))
        {
            if (width < columns.Count && columns[width] is { } column)
            {
                sink.ReadValue(ref reader, column);
            }
            else
            {
                reader.SkipInside(reader.Read());
            }

            width++;
        }

        if (width != columns.Count)
        {
            sink.RejectRow(RejectReason.WrongWidth);
        }
    }
}
