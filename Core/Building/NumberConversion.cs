using System.Runtime.CompilerServices;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Building;

/// <summary>How the numbers of one field are brought from the wire into the form they are kept in, and which are allowed. Immutable.</summary>
internal readonly struct NumberConversion
{
    // 13 digits: 9 September 2001 to 20 November 2286. Seconds and microseconds have others.
    private const long FirstTime = 1_000_000_000_000;
    private const long LastTime = 9_999_999_999_999;

    // The first double beyond a long; as an integer it would have wrapped around.
    private const double BeyondLong = 9_223_372_036_854_775_808.0;

    public NumberConversion(Field field)
    {
        Type = field.Type;
        AllowsNumbers = Type is FieldType.Time or FieldType.Integer or FieldType.Duration or FieldType.Number;
        Scale = field.Type switch
        {
            FieldType.Duration => 1_000,
            FieldType.Number => 1_000_000,
            _ => 1,
        };
        bool isTime = field.Type == FieldType.Time;
        Minimum = isTime ? FirstTime : field.Minimum / Scale;
        Maximum = isTime ? LastTime : field.Maximum / Scale;
    }

    /// <summary>The field's type.</summary>
    public FieldType Type { get; }

    /// <summary>What a number on the wire is multiplied with.</summary>
    public long Scale { get; }

    /// <summary>The smallest number allowed on the wire.</summary>
    public long Minimum { get; }

    /// <summary>The greatest number allowed on the wire.</summary>
    public long Maximum { get; }

    /// <summary>Whether numbers are allowed at all: they never become booleans or texts.</summary>
    public bool AllowsNumbers { get; }

    /// <summary>Converts a whole number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RejectReason Whole(long value, out long stored)
    {
        if (value < Minimum || value > Maximum)
        {
            stored = NumberColumn.Missing;
            return value < Minimum ? Below() : Above();
        }

        stored = value * Scale;
        return RejectReason.None;
    }

    /// <summary>
    /// Converts a floating-point number: where fractions are kept, it is scaled in double and rounded half to even; elsewhere it has to be
    /// integral.
    /// </summary>
    public RejectReason Fraction(double value, out long stored)
    {
        stored = NumberColumn.Missing;
        if (!double.IsFinite(value))
        {
            return RejectReason.WrongType;
        }

        if (Scale == 1)
        {
            if (Math.Floor(value) != value)
            {
                return RejectReason.WrongType;
            }

            return value < -BeyondLong ? Below() : value >= BeyondLong ? Above() : Whole((long)value, out stored);
        }

        if (value < Minimum || value > Maximum)
        {
            return value < Minimum ? Below() : Above();
        }

        stored = (long)Math.Round(value * Scale, MidpointRounding.ToEven);
        return RejectReason.None;
    }

    private RejectReason Below() => Type == FieldType.Time ? RejectReason.NotMilliseconds : RejectReason.TooSmall;

    /// <summary>Why a number beyond a long is not allowed.</summary>
    public RejectReason Above() => Type == FieldType.Time ? RejectReason.NotMilliseconds : RejectReason.TooLarge;
}
