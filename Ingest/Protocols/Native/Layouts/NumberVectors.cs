using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TimeSeries.Core.Building;

namespace TimeSeries.Ingest.Protocols.Native.Layouts;

/// <summary>
/// Brings packed numbers into the form they are kept in, a vector at a time, as
/// <see cref="NumberConversion"/> does one by one. Each method stops before the first vector
/// that holds a number that is not allowed, and says how many numbers it converted; on a machine without such vectors, none.
/// </summary>
internal static class NumberVectors
{
    public static int Convert(ReadOnlySpan<int> values, in NumberConversion rule, Span<long> kept)
    {
        if (!CanConvert)
        {
            return 0;
        }

        Vector256<long> least = Vector256.Create(rule.Minimum);
        Vector256<long> greatest = Vector256.Create(rule.Maximum);
        Vector256<long> scale = Vector256.Create(rule.Scale);
        ReadOnlySpan<Vector128<int>> from = MemoryMarshal.Cast<int, Vector128<int>>(values);
        Span<Vector256<long>> to = MemoryMarshal.Cast<long, Vector256<long>>(kept);
        int i = 0;
        for (; i < from.Length; i++)
        {
            (Vector128<long> lower, Vector128<long> upper) = Vector128.Widen(from[i]);
            Vector256<long> wide = Vector256.Create(lower, upper);
            if (Vector256.LessThanAny(wide, least) || Vector256.GreaterThanAny(wide, greatest))
            {
                break;
            }

            to[i] = wide * scale;
        }

        return i * Vector256<long>.Count;
    }

    public static int Convert(ReadOnlySpan<long> values, in NumberConversion rule, Span<long> kept)
    {
        if (!CanConvert)
        {
            return 0;
        }

        Vector256<long> least = Vector256.Create(rule.Minimum);
        Vector256<long> greatest = Vector256.Create(rule.Maximum);
        Vector256<long> scale = Vector256.Create(rule.Scale);
        ReadOnlySpan<Vector256<long>> from = MemoryMarshal.Cast<long, Vector256<long>>(values);
        Span<Vector256<long>> to = MemoryMarshal.Cast<long, Vector256<long>>(kept);
        int i = 0;
        for (; i < from.Length; i++)
        {
            if (Vector256.LessThanAny(from[i], least) || Vector256.GreaterThanAny(from[i], greatest))
            {
                break;
            }

            to[i] = from[i] * scale;
        }

        return i * Vector256<long>.Count;
    }

    public static int Convert(ReadOnlySpan<double> values, in NumberConversion rule, Span<long> kept)
    {
        // What is kept whole must be integral, which is looked at one by one.
        if (!CanConvert || rule.Scale == 1)
        {
            return 0;
        }

        Vector256<double> least = Vector256.Create((double)rule.Minimum);
        Vector256<double> greatest = Vector256.Create((double)rule.Maximum);
        Vector256<double> scale = Vector256.Create((double)rule.Scale);
        ReadOnlySpan<Vector256<double>> from = MemoryMarshal.Cast<double, Vector256<double>>(values);
        Span<Vector256<long>> to = MemoryMarshal.Cast<long, Vector256<long>>(kept);
        int i = 0;
        for (; i < from.Length; i++)
        {
            // What is no number is in no range.
            if (!Vector256.GreaterThanOrEqualAll(from[i], least) || !Vector256.LessThanOrEqualAll(from[i], greatest))
            {
                break;
            }

            to[i] = Vector256.ConvertToInt64Native(Vector256.Round(from[i] * scale, MidpointRounding.ToEven));
        }

        return i * Vector256<long>.Count;
    }

    // Packed numbers are little-endian, and only so can be read in place.
    private static bool CanConvert => Vector256.IsHardwareAccelerated && BitConverter.IsLittleEndian;
}
