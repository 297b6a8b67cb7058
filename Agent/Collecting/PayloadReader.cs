using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;

namespace TimeSeries.Agent.Collecting;

/// <summary>
/// Reads a property of the payloads that diagnostic listeners send, whose types are nobody's to refer to. Each type's read is compiled once. Thread safe.
/// </summary>
/// <typeparam name="T">Type of the property.</typeparam>
/// <param name="property">Name of the property.</param>
internal sealed class PayloadReader<T>(string property)
{
    private readonly ConcurrentDictionary<Type, Func<object, T?>> _reads = new();

    /// <summary>The property; the default value where the payload has none of this type.</summary>
    public T? Read(object payload) => _reads.GetOrAdd(payload.GetType(), Compile, property)(payload);

    private static Func<object, T?> Compile(Type type, string property)
    {
        ParameterExpression payload = Expression.Parameter(typeof(object));
        PropertyInfo? found = type.GetProperty(property, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
        return found is not null && typeof(T).IsAssignableFrom(found.PropertyType)
            ? Expression.Lambda<Func<object, T?>>(
                Expression.Convert(Expression.Property(Expression.Convert(payload, type), found), typeof(T)), payload).Compile()
            : static _ => default;
    }
}
