import type { ErrorResponse } from '../../router.js';
import { badScimRequestError } from '../errors.js';

/**
 * Creates the error for a value that the real server's database rejects.
 *
 * @param statement - the SQL statement, which is part of the message.
 * @see HSQLDB, the database of the real server in `real-uaa`
 */
export function rejectedValueError(statement: string, problem: Problem): ErrorResponse {
  const { exception, message } = problem;
  return badScimRequestError(
    `PreparedStatementCallback; SQL [${statement}]; ${message}; ` +
      `nested exception is java.sql.${exception}: ${message}`,
  );
}

/** Creates the error for a list whose `sortBy` is a column number that is out of range. */
export function invalidSortError(sql: string): ErrorResponse {
  return badScimRequestError(
    `PreparedStatementCallback; bad SQL grammar [${sql}]; ` +
      'nested exception is java.sql.SQLSyntaxErrorException: invalid ORDER BY expression',
  );
}

interface Problem {
  readonly exception: string;
  readonly message: string;
}

/**
 * Describes a text that is longer than its column.
 *
 * @param column - undefined for an update: its error does not name the table and the column.
 */
export function tooLongProblem(table: string, column?: string): Problem {
  const place = column === undefined ? '' : `;  table: ${table} column: ${column}`;
  return {
    exception: 'SQLDataException',
    message: `data exception: string data, right truncation${place}`,
  };
}

/**
 * Describes a missing value in a column that requires one.
 *
 * @param constraint - name that the database generated for the constraint.
 */
export function missingValueProblem(constraint: string, table: string, column: string): Problem {
  return {
    exception: 'SQLIntegrityConstraintViolationException',
    message:
      'integrity constraint violation: NOT NULL check constraint; ' +
      `${constraint} table: ${table} column: ${column}`,
  };
}
