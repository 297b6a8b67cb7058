using MessagePack;

namespace TimeSeries.Tests.Support.Samples;

/// <summary>Reads MessagePack into plain objects with the package's reader: maps as dictionaries, arrays as lists, whole numbers as long.</summary>
internal static class MessagePackReading
{
    /// <summary>The one value that the bytes hold.</summary>
    public static object? Read(ReadOnlySpan<byte> bytes)
    {
        MessagePackReader reader = new(bytes.ToArray());
        object? value = Next(ref reader);
        return reader.End ? value : throw new FormatException($"{bytes.Length - reader.Consumed} bytes follow the value.");
    }

    private static object? Next(ref MessagePackReader reader)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Nil:
                reader.ReadNil();
                return null;
            case MessagePackType.Boolean:
                return reader.ReadBoolean();
            case MessagePackType.Integer:
                return reader.ReadInt64();
            case MessagePackType.Float:
                return reader.ReadDouble();
            case MessagePackType.String:
                return reader.ReadString();
            case MessagePackType.Binary:
                return reader.ReadBytes()!.Value.FirstSpan.ToArray();
            case MessagePackType.Array:
                List<object?> list = [];
                for (int left = reader.ReadArrayHeader(); left > 0; left--)
                {
                    list.Add(Next(ref reader));
                }

                return list;
            case MessagePackType.Map:
                Dictionary<string, object?> map = [];
                for (int left = reader.ReadMapHeader(); left > 0; left--)
                {
                    map.Add(reader.ReadString()!, Next(ref reader));
                }

                return map;
            default:
                throw new FormatException($"A value of type {reader.NextMessagePackType} is not expected.");
        }
    }
}
