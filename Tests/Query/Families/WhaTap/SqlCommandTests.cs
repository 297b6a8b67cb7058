using System.Text;
using NUnit.Framework;
using TimeSeries.Query.Families.WhaTap;

namespace TimeSeries.Tests.Query.Families.WhaTap;

/// <summary><c>sql_crud</c>: what a statement does, by its first word.</summary>
public sealed class SqlCommandTests
{
    [TestCase("select * from t", 2)]
    [TestCase("SeLeCt 1", 2)]
    [TestCase("insert into t values (#)", 1)]
    [TestCase("CREATE TABLE t", 1)]
    [TestCase("update t set x=#", 3)]
    [TestCase("Merge into t", 3)]
    [TestCase("delete from t", 4)]
    [TestCase("  \t\r\n select 1", 2)]
    [TestCase("((select 1) union (select 2))", 2)]
    [TestCase("/* insert */ select 1", 2)]
    [TestCase("/*a*//*b*/ ( /* c */ delete from t", 4)]
    [TestCase("-- insert\nselect 1", 2)]
    [TestCase("# insert\nselect 1", 0)]
    [TestCase("select(1)", 2)]
    [TestCase("select*from t", 2)]
    [TestCase("select", 2)]
    [TestCase("selects 1", 0)]
    [TestCase("select_all", 0)]
    [TestCase("selectä", 0)]
    [TestCase("with x as (select 1) select 1", 0)]
    [TestCase("call select()", 0)]
    [TestCase("/* select", 0)]
    [TestCase("-- select", 0)]
    [TestCase("/*/ select 1", 0)]
    [TestCase("- select", 0)]
    [TestCase("", 0)]
    public void The_first_word_says_what_a_statement_does(string sql, int expected) =>
        Assert.That(SqlCommand.Crud(Encoding.UTF8.GetBytes(sql)), Is.EqualTo(expected));
}
