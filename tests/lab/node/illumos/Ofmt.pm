# Ofmt: the table printer of ipadm(8) and dladm(8), libinetutil's ofmt.
package Ofmt;
use strict;
use warnings;

# columns FIELDS, NAMES: the columns asked for, in that order, or why not.
# FIELDS: [name, width]...; NAMES: "a,b,c".
sub columns
{
	my ($fields, $names) = @_;
	my %known = map { $_->[0] => $_ } @$fields;
	my @columns;
	for my $name (split(/,/, $names, -1)) {
		my $field = $known{uc($name)}
		    or return "unknown output field `$name'";
		push(@columns, $field);
	}
	return \@columns;
}

# One field alone is printed as it is.
sub parsable
{
	my ($columns, $row) = @_;
	my @v = map { my $v = $row->{$_->[0]}; defined($v) ? $v : '' }
	    @$columns;
	return "$v[0]\n" if @v == 1;
	s/([:\\])/\\$1/g for @v;
	return join(':', @v) . "\n";
}

# What is as wide as its column or wider pushes the rest to the right; the last
# column is as long as it is.
sub line
{
	my ($columns, $values) = @_;
	my $text = '';
	for my $i (0 .. $#$columns) {
		my $v = $values->[$i];
		my $width = $i < $#$columns ? $columns->[$i][1] : 0;
		$text .= $v;
		$text .= length($v) < $width ? ' ' x ($width - length($v)) : ' '
		    if $i < $#$columns;
	}
	return "$text\n";
}

# The heading comes again after each 24 rows, as no terminal tells a height.
sub table
{
	my ($columns, $rows) = @_;
	my ($text, $n) = ('', 0);
	for my $row (@$rows) {
		$text .= line($columns, [ map { $_->[0] } @$columns ])
		    if $n++ % 24 == 0;
		$text .= line($columns, [ map {
			my $v = $row->{$_->[0]};
			defined($v) && $v ne '' ? $v : '--'
		} @$columns ]);
	}
	return $text;
}

# show TOOL, FIELDS, DEFAULT, OPTIONS, ROWS: text and error; OPTIONS: p, o.
sub show
{
	my ($tool, $fields, $default, $o, $rows) = @_;
	return ('', "$tool: -p requires -o\n") if $o->{p} && !defined($o->{o});
	return ('', "$tool: -p cannot be used with -o all\n")
	    if $o->{p} && lc($o->{o}) eq 'all';
	my $names = !defined($o->{o}) ? $default : lc($o->{o}) eq 'all' ?
	    join(',', map { $_->[0] } @$fields) : $o->{o};
	my $columns = columns($fields, $names);
	return ('', "$tool: $columns\n") if !ref($columns);
	return (join('', map { parsable($columns, $_) } @$rows), '')
	    if $o->{p};
	return (table($columns, $rows), '');
}

1;
