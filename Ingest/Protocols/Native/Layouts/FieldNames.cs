using TimeSeries.Core.Schema;

namespace TimeSeries.Ingest.Protocols.Native.Layouts;

/// <summary>The fields that a sample of one kind may name, found by their UTF-8 name. Immutable and safe to share.</summary>
internal sealed class FieldNames
{
    // A slot is a byte; sparse enough that most of some thirty names have one of their own.
    private const int Slots = 256;

    private static readonly FieldNames[] _all = [.. SampleSchema.All.Select(schema => new FieldNames(schema))];

    private readonly byte[][] _names;
    private readonly sbyte[] _ordinals = new sbyte[Slots];

    private FieldNames(KindSchema schema)
    {
        _names = [.. schema.Fields.Select(field => field.Utf8Name.ToArray())];
        Array.Fill(_ordinals, (sbyte)-1);
        foreach (Field field in schema.Fields)
        {
            if (!field.FromEnvelope)
            {
                int slot = SlotOf(_names[field.Ordinal]);
                while (_ordinals[slot] >= 0)
                {
                    slot = (slot + 1) % Slots;
                }

                _ordinals[slot] = checked((sbyte)field.Ordinal);
            }
        }
    }

    public static FieldNames Of(Kind kind) => _all[(int)kind];

    /// <summary>The ordinal of the field of that name, or -1.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return -1;
        }

        for (int slot = SlotOf(name); _ordinals[slot] >= 0; slot = (slot + 1) % Slots)
        {
            if (name.SequenceEqual(_names[_ordinals[slot]]))
            {
                return _ordinals[slot];
            }
        }

        return -1;
    }

    private static int SlotOf(ReadOnlySpan<byte> name) => (byte)(name.Length * 29 + name[0] * 7 + name[name.Length / 2] * 3 + name[^1] * 13);
}
